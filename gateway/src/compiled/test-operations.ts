import fc from "fast-check";
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  parse,
  validate,
} from "graphql";

export type RandomOperation = {
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
};

/** A valid operation over any schema: aliases, arguments, variables, fragments on whatever fits. */
export function randomOperations(
  schema: GraphQLSchema,
): fc.Arbitrary<RandomOperation> {
  return fc
    .array(fc.nat({ max: 9_999 }), { minLength: 50, maxLength: 120 })
    .map((numbers) => {
      const free = write(schema, numbers, false);
      const isValid = validate(schema, parse(free.source)).length === 0;
      return isValid ? free : write(schema, numbers, true);
    });
}

type Pen = {
  readonly schema: GraphQLSchema;
  readonly draw: (max: number) => number;
  /** Every field under a key of its own: nothing can be in the way of anything. */
  readonly apart: boolean;
  readonly variables: Map<string, { readonly type: string; value: unknown }>;
  fields: number;
};

function write(
  schema: GraphQLSchema,
  numbers: readonly number[],
  apart: boolean,
): RandomOperation {
  let next = 0;
  const draw = (max: number) => (numbers[next++] ?? 0) % (max + 1);
  const pen: Pen = { schema, draw, apart, variables: new Map(), fields: 0 };
  const mutation = draw(4) === 0 ? schema.getMutationType() : undefined;
  const root = mutation ?? schema.getQueryType();
  if (!root) throw new Error("There is no root type");
  const body = set(pen, root, 4);
  const declared = [...pen.variables].map(
    ([name, { type }]) => `$${name}: ${type}`,
  );
  const head = declared.length > 0 ? `Q(${declared.join(", ")})` : "Q";
  return {
    source: `${mutation ? "mutation" : "query"} ${head} ${body}`,
    variables: Object.fromEntries(
      [...pen.variables].map(([name, { value }]) => [name, value]),
    ),
  };
}

function set(pen: Pen, type: GraphQLCompositeType, depth: number): string {
  const count = 1 + pen.draw(3);
  return `{ ${Array.from({ length: count }, () => selection(pen, type, depth)).join(" ")} }`;
}

function selection(
  pen: Pen,
  type: GraphQLCompositeType,
  depth: number,
): string {
  const narrow = isObjectType(type) ? [] : pen.schema.getPossibleTypes(type);
  if (narrow.length > 0 && (isUnionType(type) || pen.draw(2) === 0)) {
    const on = narrow[pen.draw(narrow.length - 1)];
    if (on) return `... on ${on.name} ${set(pen, on, depth)}`;
  }
  return field(pen, type, depth);
}

function field(pen: Pen, type: GraphQLCompositeType, depth: number): string {
  const all = isUnionType(type) ? [] : Object.values(type.getFields());
  const deep = all.filter(({ type }) => isCompositeType(getNamedType(type)));
  const flat = all.filter((one) => !deep.includes(one));
  const wanted = depth > 0 && deep.length > 0 && pen.draw(2) > 0 ? deep : flat;
  const chosen = wanted[pen.draw(Math.max(0, wanted.length - 1))];
  if (!chosen || pen.fields > 16) return "__typename";
  pen.fields += 1;
  const alias = pen.apart || pen.draw(4) === 0 ? `a${pen.fields}: ` : "";
  const named = getNamedType(chosen.type);
  const below = isCompositeType(named) ? ` ${set(pen, named, depth - 1)}` : "";
  return alias + chosen.name + args(pen, chosen.args) + below;
}

function args(pen: Pen, all: readonly GraphQLArgument[]): string {
  const given = all
    .filter((one) => isRequiredArgument(one) || pen.draw(1) === 0)
    .map((one) => `${one.name}: ${argument(pen, one)}`);
  return given.length > 0 ? `(${given.join(", ")})` : "";
}

function argument(pen: Pen, { type }: GraphQLArgument): string {
  const value = valueOf(pen, type);
  if (pen.draw(1) === 0) return value;
  const name = `v${pen.variables.size}`;
  pen.variables.set(name, { type: String(type), value: json(value) });
  return `$${name}`;
}

/** As a literal. */
function valueOf(pen: Pen, type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueOf(pen, type.ofType);
  if (isListType(type)) return `[${valueOf(pen, type.ofType)}]`;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
      .filter(
        (one) =>
          isRequiredInputField(one) || (!isDeep(one.type) && pen.draw(2) === 0),
      )
      .map((one) => `${one.name}: ${valueOf(pen, one.type)}`);
    return `{${(type.isOneOf ? fields.slice(0, 1) : fields).join(", ")}}`;
  }
  if (isEnumType(type)) {
    const values = type.getValues();
    return values[pen.draw(values.length - 1)]?.name ?? "null";
  }
  if (type.name === "Boolean") return pen.draw(1) === 0 ? "true" : "false";
  if (type.name === "Int" || type.name === "Float") return `${pen.draw(9)}`;
  return `"w${pen.draw(4)}"`;
}

function isDeep(type: GraphQLInputType): boolean {
  return isInputObjectType(getNamedType(type));
}

/** The literals above, as JSON has them. */
function json(literal: string): unknown {
  const quoted = literal.replace(/"[^"]*"|[A-Za-z_]\w*/g, (word) =>
    word.startsWith('"') || word === "true" || word === "false"
      ? word
      : `"${word}"`,
  );
  return JSON.parse(quoted) as unknown;
}
