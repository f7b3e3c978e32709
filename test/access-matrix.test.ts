import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import {
  type Principal,
  allScopes,
  anonymous,
  filterOperation,
  meets,
  mentioned,
  multiply,
  readRules,
} from "@hr/access";
import {
  type GraphQLNamedType,
  Kind,
  buildASTSchema,
  getNamedType,
  isObjectType,
  parse,
} from "graphql";

const sdl = await readFile(
  join(import.meta.dirname, "../gateway/supergraph.graphql"),
  "utf8",
);
const document = parse(sdl);
const schema = buildASTSchema(document, { assumeValidSDL: true });
const rules = readRules(document, schema);
const ways = waysTo();

/** Every field of the graph that asks for anything, by itself or by the type it returns. */
const protectedFields = Object.values(schema.getTypeMap()).flatMap((type) => {
  if (!isObjectType(type) || /^(_|join__|link__)/.test(type.name)) return [];
  return Object.keys(type.getFields())
    .map((field) => ({ type: type.name, field }))
    .filter(({ type, field }) => rules.select(type, field).scopes.length > 0)
    .filter(({ type }) => ways.has(type));
});

test("the sweep meets every part of the graph", () => {
  expect(protectedFields.length).toBeGreaterThan(60);
  for (const coordinate of rules.coordinates.keys())
    expect([...ways.keys()]).toContain(coordinate.split(".")[0]);
});

describe.each(protectedFields)("$type.$field", ({ type, field }) => {
  const requirement = rules.select(type, field);
  const coordinate = `${type}.${field}`;
  const others = allScopes.filter(
    (scope) => !mentioned(requirement).has(scope),
  );
  const { alternatives } = multiply(requirement.scopes, {
    bound: Infinity,
  });

  test("is never sent for a caller who holds every other scope", () => {
    const { sent, denied } = ask(type, field, others);
    expect(denied.length).toBeGreaterThan(0);
    expect(sent).not.toContain(coordinate);
  });

  test("is never sent for a caller without a token, whatever it claims", () => {
    expect(ask(type, field, allScopes, anonymous).sent).not.toContain(
      coordinate,
    );
  });

  test.each(alternatives.map((one) => [one.join(" and "), one] as const))(
    "is open with %s",
    (_words, alternative) => {
      const { denied } = ask(type, field, [...others, ...alternative]);
      expect(denied).not.toContain(coordinate);
    },
  );
});

/** What the filter lets through and what it denies of one field, at the end of its way from the root. */
function ask(
  type: string,
  field: string,
  scopes: readonly string[],
  caller: Principal = { ...anonymous, kind: "person", subject: "usr_ada" },
) {
  const way = ways.get(type) ?? [];
  const leaf = isObjectType(returned(type, field))
    ? `${field} { __typename }`
    : field;
  const source = way.reduceRight((inner, step) => `${step} { ${inner} }`, leaf);
  const [operation] = parse(`{ ${source} }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(source);
  const principal = { ...caller, scopes: new Set(scopes) };
  const { selections, denials } = filterOperation({
    schema,
    operation:
      type === "Mutation"
        ? { ...operation, operation: "mutation" as never }
        : operation,
    fragments: new Map(),
    variables: {},
    rules,
    meets: (requirement) => meets(requirement, principal),
    prefix: "r7_",
  });
  return {
    denied: denials.map(({ coordinate }) => coordinate),
    sent: sentBelow(selections, type === "Mutation" ? "Mutation" : "Query"),
  };
}

type Selections = ReturnType<typeof filterOperation>["selections"];

function sentBelow(selections: Selections, parent: string): readonly string[] {
  return selections.flatMap((one): readonly string[] => {
    if (one.kind === "fragment")
      return one.denied ? [] : sentBelow(one.selections, one.on.name);
    if (one.outcome !== "kept") return [];
    const below = sentBelow(one.selections, getNamedType(one.type).name);
    return [`${parent}.${one.name}`, ...below];
  });
}

/** The shortest way from a root to each object type; union members and implementations by a fragment. */
function waysTo(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>([
    ["Query", []],
    ["Mutation", []],
  ]);
  const queue = ["Query"];
  for (const name of queue) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    const way = found.get(name) ?? [];
    for (const field of Object.values(type.getFields())) {
      for (const [target, step] of targets(
        getNamedType(field.type),
        field.name,
      )) {
        if (found.has(target)) continue;
        found.set(target, [...way, ...step]);
        queue.push(target);
      }
    }
  }
  return found;
}

function targets(
  type: GraphQLNamedType,
  field: string,
): readonly (readonly [string, readonly string[]])[] {
  if (isObjectType(type)) return [[type.name, [field]]];
  if (!("getTypes" in type)) return [];
  return type
    .getTypes()
    .map((one) => [one.name, [field, `... on ${one.name}`]] as const);
}

function returned(type: string, field: string): GraphQLNamedType {
  const object = schema.getType(type);
  if (!isObjectType(object)) throw new Error(type);
  const found = object.getFields()[field];
  if (!found) throw new Error(`${type}.${field}`);
  return getNamedType(found.type);
}
