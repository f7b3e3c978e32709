import {
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

export type Dice = {
  readonly schema: GraphQLSchema;
  /** A whole number from 0 to `max`. */
  readonly draw: (max: number) => number;
  /** How often, in percent, a value is not as promised. */
  readonly trouble: number;
};

/** JSON text of merged data for an operation as the planner gets it, with keys nobody asked for. */
export function randomData(
  dice: Dice,
  operation: OperationDefinitionNode,
): string {
  const type = dice.schema.getRootType(operation.operation);
  if (!type) throw new Error("There is no root type");
  return objectText(dice, type, [operation.selectionSet]);
}

const strings = [
  ...['"plain"', '""', '"quo\\"te"', '"back\\\\slash"', '"new\\nline"'],
  ...['"\\u0001"', '"\\u2028\\u2029"', '"é中"', '"😀"', '"\\ud800"'],
  ...['"\\udc00 alone"', `"${"long ".repeat(30)}"`, `"${"x".repeat(60)}\\""`],
];

const numbers = ["0", "-0", "7", "-12", "2147483648", "1e21", "1.0"];

const floats = [...numbers, "0.5", "1e999", "-1e999", "1e-7"];

const odd = [
  ...['"odd"', "1", "0.5", "true", "{}", "[]", "[null]", "[[]]", "null"],
  ...['{"__proto__":{"id":"p"}}', '{"__typename":"Book"}', '["a"]', '"Book"'],
  ...['{"__typename":"Nothing"}', '{"__typename":"Media"}', "1e999"],
];

const unasked = [
  '"__proto__":{"id":"p","title":"p","next":null,"on":"p"}',
  ...['"constructor":"c"', '"id":"other"', '"extra":[{"a":1}]'],
];

function valueText(
  dice: Dice,
  type: GraphQLOutputType,
  sets: readonly SelectionSetNode[],
): string {
  if (happens(dice)) return pick(dice, odd);
  if (!isNonNullType(type) && dice.draw(7) === 0) return "null";
  const present = getNullableType(type);
  if (isListType(present)) {
    const items = Array.from({ length: dice.draw(3) }, () =>
      valueText(dice, present.ofType, sets),
    );
    return `[${items.join()}]`;
  }
  if (!isCompositeType(present)) return leafText(dice, present);
  return objectText(dice, runtimeType(dice, present), sets);
}

function leafText(dice: Dice, type: GraphQLLeafType): string {
  if (isEnumType(type))
    return JSON.stringify(pick(dice, type.getValues()).name);
  switch (type.name) {
    case "Boolean":
      return pick(dice, ["true", "false"]);
    case "String":
      return pick(dice, strings);
    case "ID":
      return pick(dice, [...strings, ...numbers]);
    case "Int":
      return pick(dice, numbers);
    case "Float":
      return pick(dice, floats);
    default:
      return pick(dice, [...strings, ...floats, '{"a":[1,{"b":null}]}', "[]"]);
  }
}

function runtimeType(
  dice: Dice,
  type: GraphQLCompositeType,
): GraphQLObjectType {
  if (isObjectType(type)) return type;
  if (happens(dice))
    return pick(
      dice,
      Object.values(dice.schema.getTypeMap()).filter(isObjectType),
    );
  return pick(dice, dice.schema.getPossibleTypes(type));
}

function objectText(
  dice: Dice,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): string {
  const members: string[] = [];
  for (const [key, { name, below }] of fieldsOf(dice.schema, type, sets)) {
    const promised = type.getFields()[name]?.type;
    if (name === "__typename") {
      if (!happens(dice)) members.push(`"${key}":"${type.name}"`);
    } else if (promised && (isNonNullType(promised) || dice.draw(9) > 0))
      members.push(`"${key}":${valueText(dice, promised, below)}`);
  }
  if (dice.draw(3) === 0) members.push(`"__typename":"${type.name}"`);
  else if (happens(dice)) members.push('"__typename":"Film"');
  if (dice.draw(5) === 0) members.unshift(pick(dice, unasked));
  return `{${members.join()}}`;
}

type Asked = { readonly name: string; readonly below: SelectionSetNode[] };

function fieldsOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  found = new Map<string, Asked>(),
): ReadonlyMap<string, Asked> {
  for (const one of sets.flatMap(({ selections }) => selections)) {
    if (one.kind === Kind.FIELD) {
      const key = (one.alias ?? one.name).value;
      const asked = found.get(key) ?? { name: one.name.value, below: [] };
      if (one.selectionSet) asked.below.push(one.selectionSet);
      found.set(key, asked);
    } else if (one.kind === Kind.INLINE_FRAGMENT) {
      const on = schema.getType(one.typeCondition?.name.value ?? type.name);
      if (on === type || (isAbstractType(on) && schema.isSubType(on, type)))
        fieldsOf(schema, type, [one.selectionSet], found);
    }
  }
  return found;
}

function happens({ draw, trouble }: Dice): boolean {
  return draw(99) < trouble;
}

function pick<One>({ draw }: Dice, from: readonly One[]): One {
  return from[draw(from.length - 1)] as One;
}
