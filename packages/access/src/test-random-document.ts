import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  Kind,
  OverlappingFieldsCanBeMergedRule,
  doTypesOverlap,
  getNamedType,
  isCompositeType,
  isUnionType,
  parse,
  print,
  validate,
  visit,
} from "graphql";
import { type Draw, chance, pick } from "./test-draw.ts";

export type RandomDocument = {
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
};

/** What a document may hold beside fields, aliases, arguments and fragments. */
export type Spice = {
  readonly conditions: boolean;
  readonly typenames: boolean;
};

type Pen = Spice & {
  readonly draw: Draw;
  readonly schema: GraphQLSchema;
  /** Those that are closed: a spread of any of them makes no circle. */
  readonly fragments: { on: GraphQLCompositeType; text: string }[];
};

const deepest = 3;

/** Lures: names that mean something to JavaScript, GraphQL, the planner or the schema. */
const lures = [
  ...["__proto__", "constructor", "toString", "__typename"],
  ...["r7_t", "r7_0", "f", "g", "i0x", "z"],
];

const conditions = [
  ...["@skip(if: $no)", "@include(if: $yes)", "@include(if: false)"],
  ...["@skip(if: false)", "@skip(if: $yes) @include(if: $no)"],
];

const values: Readonly<Record<string, readonly string[]>> = {
  n: ["1", "2", "$n", "$m"],
  mood: ["FINE", "GRIM", "$mood"],
  by: [
    '{ token: "t" }',
    "{ mood: FINE, inner: { n: 1 } }",
    "{ inner: { n: 1 }, mood: FINE }",
    "{ mood: $mood, inner: { n: $n } }",
  ],
};

const variables: readonly {
  readonly name: string;
  readonly type: string;
  readonly given: readonly unknown[];
}[] = [
  { name: "yes", type: "Boolean = true", given: [undefined, true, false] },
  { name: "no", type: "Boolean!", given: [false, true] },
  { name: "n", type: "Int", given: [undefined, null, 1, 2] },
  { name: "m", type: "Int = 2", given: [undefined, 1] },
  { name: "mood", type: "Mood = GRIM", given: [undefined, "FINE"] },
];

/** A valid operation: shared and dangerous response keys, fragments everywhere, conditions. */
export function randomDocument(
  draw: Draw,
  schema: GraphQLSchema,
  spice: Spice = { conditions: true, typenames: true },
): RandomDocument {
  const mutation = chance(draw, 60) ? schema.getMutationType() : undefined;
  const root = mutation ?? schema.getQueryType();
  if (!root) throw new Error("There is no root type");
  const pen: Pen = { ...spice, draw, schema, fragments: [] };
  const operation = `${mutation ? "mutation" : "query"} Q ${set(pen, root, deepest)}`;
  const fragments = pen.fragments.map(({ text }) => text);
  const text = mergeable(schema, [operation, ...fragments].join("\n"));
  const used = variables.filter(({ name }) =>
    new RegExp(`\\$${name}\\b`).test(text),
  );
  const declared = used.map(({ name, type }) => `$${name}: ${type}`).join(", ");
  const given = used
    .map(({ name, given }) => [name, pick(draw, given)] as const)
    .filter(([, value]) => value !== undefined);
  return {
    source: used.length > 0 ? text.replace(" Q ", ` Q(${declared}) `) : text,
    variables: Object.fromEntries(given),
  };
}

function set(pen: Pen, type: GraphQLCompositeType, depth: number): string {
  const count = 1 + pen.draw(3);
  return `{ ${Array.from({ length: count }, () => selection(pen, type, depth)).join(" ")} }`;
}

function selection(pen: Pen, type: GraphQLCompositeType, depth: number) {
  const { draw } = pen;
  const kind = draw(isUnionType(type) ? 5 : 9);
  const isRoot = depth === deepest && type === pen.schema.getQueryType();
  if (kind === 0 && isRoot && chance(draw, 30))
    return `${alias(draw, "__schema")}__schema { queryType { name } }`;
  if (kind === 0 && pen.typenames)
    return `${alias(draw, "__typename")}__typename${condition(pen)}`;
  if (depth > 0 && kind === 1)
    return `...${condition(pen)} ${set(pen, type, depth - 0.5)}`;
  if (depth > 0 && kind === 2)
    return `...${fragment(pen, type, depth)}${condition(pen)}`;
  if (depth > 0 && (kind === 3 || isUnionType(type))) {
    const on = narrower(pen, type);
    return `... on ${on.name}${condition(pen)} ${set(pen, on, depth - 0.5)}`;
  }
  return field(pen, type, depth);
}

/** `__typename` where nothing else fits into the depth that is left. */
function field(pen: Pen, type: GraphQLCompositeType, depth: number): string {
  const all = isUnionType(type) ? [] : Object.values(type.getFields());
  const fitting = all.filter(
    (one) => depth >= 1 || !isCompositeType(getNamedType(one.type)),
  );
  if (fitting.length === 0) return "__typename";
  const chosen = pick(pen.draw, fitting);
  const head =
    alias(pen.draw, chosen.name) + chosen.name + args(pen.draw, chosen);
  const returned = getNamedType(chosen.type);
  const below = isCompositeType(returned)
    ? ` ${set(pen, returned, depth - 1)}`
    : "";
  return head + condition(pen) + below;
}

function fragment(pen: Pen, type: GraphQLCompositeType, depth: number): string {
  const known = pen.fragments.findIndex(({ on }) =>
    doTypesOverlap(pen.schema, on, type),
  );
  if (known >= 0 && chance(pen.draw, 50)) return `F${known}`;
  const on = narrower(pen, type);
  const body = set(pen, on, depth - 0.5);
  const name = `F${pen.fragments.length}`;
  pen.fragments.push({ on, text: `fragment ${name} on ${on.name} ${body}` });
  return name;
}

/** Or wider, or the same: any type that shares a possible type. */
function narrower(pen: Pen, type: GraphQLCompositeType): GraphQLCompositeType {
  const all = Object.values(pen.schema.getTypeMap())
    .filter((one) => isCompositeType(one))
    .filter((one) => doTypesOverlap(pen.schema, one, type));
  const alone = all.filter((one) => !isUnionType(one));
  return pick(pen.draw, [...alone, ...alone, ...all]);
}

function alias(draw: Draw, name: string): string {
  if (chance(draw, 25)) return `${pick(draw, lures)}: `;
  return chance(draw, 8) ? `${name}: ` : "";
}

function args(draw: Draw, { args }: GraphQLField<unknown, unknown>): string {
  const given = args
    .filter(() => chance(draw, 70))
    .map(({ name }) => `${name}: ${pick(draw, values[name] ?? [])}`);
  if (given.length === 0) return "";
  return `(${(chance(draw, 30) ? given.reverse() : given).join(", ")})`;
}

function condition(pen: Pen): string {
  const wanted = pen.conditions && chance(pen.draw, 12);
  return wanted ? ` ${pick(pen.draw, conditions)}` : "";
}

/** Gives one of two fields that cannot share a response key a key of its own, until all can. */
function mergeable(schema: GraphQLSchema, source: string): string {
  let document = parse(source, { noLocation: true });
  for (let n = 0; n < 100;) {
    const errors = validate(schema, document, [
      OverlappingFieldsCanBeMergedRule,
    ]);
    if (errors.length === 0) return print(document);
    const culprits = new Set(errors.map(({ nodes }) => nodes?.at(-1)));
    document = visit(document, {
      Field(node) {
        if (!culprits.has(node)) return undefined;
        const value = `u${(n += 1)}`;
        return { ...node, alias: { kind: Kind.NAME, value } };
      },
    });
  }
  throw new Error(`No keys were found for\n${source}`);
}
