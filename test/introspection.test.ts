import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { personas } from "@hr/demo";
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type IntrospectionQuery,
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  parse,
  printSchema,
  validate,
  validateSchema,
} from "graphql";
import { type Estate, startEstate } from "./estate.ts";

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
}, 120_000);
afterAll(() => estate.stop());

describe.each(personas.map(({ name }) => name))("as %s", (name) => {
  let token: string;
  let view: GraphQLSchema;
  beforeAll(async () => {
    token = await estate.token(name);
    const { data } = await estate.ask(getIntrospectionQuery(), token);
    view = buildClientSchema(data as IntrospectionQuery);
  });

  test("the schema is a valid one, also printed and read again", () => {
    expect(validateSchema(view)).toEqual([]);
    expect(validateSchema(buildSchema(printSchema(view)))).toEqual([]);
  });

  test("every field it shows can be asked for, and nothing of it is denied for scopes", async () => {
    const sources = operationsOver(view);
    expect(sources.length).toBeGreaterThan(15);
    for (const source of sources) {
      expect(validate(view, parse(source))).toEqual([]);
      const { errors = [] } = await estate.ask(source, token);
      const denied = errors.filter(
        ({ extensions }) =>
          extensions?.["code"] === "UNAUTHORIZED_FIELD_OR_TYPE" ||
          extensions?.["code"] === "GRAPHQL_VALIDATION_FAILED",
      );
      expect({ source, denied }).toEqual({ source, denied: [] });
    }
  });

  test("what another persona sees and this one does not is denied when it is selected", async () => {
    const { data } = await estate.ask(
      getIntrospectionQuery(),
      await estate.token("pam"),
    );
    const wider = buildClientSchema(data as IntrospectionQuery);
    const hidden = operationsOver(wider).filter(
      (source) => validate(view, parse(source)).length > 0,
    );
    expect(hidden.length > 0).toBe(name !== "pam");
    for (const source of hidden.slice(0, 10)) {
      const { errors = [] } = await estate.ask(source, token);
      expect(errors.map(({ extensions }) => extensions?.["code"])).toContain(
        "UNAUTHORIZED_FIELD_OR_TYPE",
      );
    }
  });
});

/** One query for each object type: the shortest way to it, and all its fields there. */
function operationsOver(schema: GraphQLSchema): readonly string[] {
  const query = schema.getQueryType();
  if (!query) throw new Error("There is no query root");
  const ways = new Map<GraphQLObjectType, (inner: string) => string>([
    [query, (inner) => `{ ${inner} }`],
  ]);
  for (const [type, way] of ways)
    for (const field of Object.values(type.getFields()))
      for (const [target, condition] of targetsOf(field)) {
        const step = `${field.name}${argumentsOf(field.args)}`;
        if (!ways.has(target))
          ways.set(target, (inner) =>
            way(
              `${step} { ${condition ? `... on ${condition} { ${inner} }` : inner} }`,
            ),
          );
      }
  return [...ways].map(([type, way]) =>
    way(Object.values(type.getFields()).map(selected).join(" ")),
  );
}

type Field = GraphQLField<unknown, unknown>;

function targetsOf(
  field: Field,
): readonly (readonly [GraphQLObjectType, string | undefined])[] {
  const type = getNamedType(field.type);
  if (isObjectType(type)) return [[type, undefined]];
  return isUnionType(type)
    ? type.getTypes().map((member) => [member, member.name] as const)
    : [];
}

function selected(field: Field): string {
  const call = `${field.name}${argumentsOf(field.args)}`;
  return isLeafType(getNamedType(field.type)) ? call : `${call} { __typename }`;
}

function argumentsOf(args: readonly GraphQLArgument[]): string {
  const required = args.filter(isRequiredArgument);
  const list = required.map(({ name, type }) => `${name}: ${valueOf(type)}`);
  return list.length > 0 ? `(${list.join(", ")})` : "";
}

/** Something of the type that means nobody. */
function valueOf(inputType: GraphQLInputType): string {
  const type = getNullableType(inputType);
  if (isListType(type)) return `[${valueOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? "";
  if (isInputObjectType(type))
    return `{ ${Object.values(type.getFields())
      .filter(isRequiredInputField)
      .map((field) => `${field.name}: ${valueOf(field.type)}`)
      .join(", ")} }`;
  if (type.name === "Int") return "1";
  if (type.name === "Boolean") return "true";
  return type.name === "Date" ? '"2026-03-31"' : '"nobody"';
}
