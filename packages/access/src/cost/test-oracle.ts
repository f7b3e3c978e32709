import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isListType,
} from "graphql";
import type { CostInput } from "./selection-cost.ts";
import type { ListSize } from "./read-costs.ts";

type Given = CostInput & {
  readonly variables: Readonly<Record<string, unknown>>;
};

/** What an operation may cost, by the words of docs/cost.md: every fragment expanded at every path, nothing remembered. */
export function expectedEstimate(given: Given): number {
  const root = given.schema.getRootType(given.operation.operation);
  if (!root) throw new Error("There is no root type");
  const base =
    given.operation.operation === OperationTypeNode.MUTATION ? 10 : 0;
  const { selectionSet } = given.operation;
  return (
    base + ofSet(given, selectionSet, { parent: root, on: root, sized: {} })
  );
}

type Place = {
  readonly parent: GraphQLCompositeType;
  readonly on: GraphQLNamedType;
  readonly sized: Readonly<Record<string, number>>;
};

function ofSet(given: Given, set: SelectionSetNode, at: Place): number {
  let sum = 0;
  for (const node of set.selections) {
    const skip = getDirectiveValues(
      GraphQLSkipDirective,
      node,
      given.variables,
    );
    const include = getDirectiveValues(
      GraphQLIncludeDirective,
      node,
      given.variables,
    );
    if (skip?.["if"] === true || include?.["if"] === false) continue;
    if (node.kind === Kind.FIELD) {
      sum += ofField(given, node, at);
      continue;
    }
    const fragment =
      node.kind === Kind.FRAGMENT_SPREAD
        ? given.fragments.get(node.name.value)
        : node;
    const condition = fragment?.typeCondition?.name.value ?? at.parent.name;
    const parent = given.schema.getType(condition);
    if (!fragment || !isCompositeType(parent)) throw new Error("invalid");
    if (objectsOf(given.schema, parent).includes(at.on.name))
      sum += ofSet(given, fragment.selectionSet, { ...at, parent });
  }
  return sum;
}

function ofField(given: Given, node: FieldNode, { parent, sized }: Place) {
  const name = node.name.value;
  if (name.startsWith("__") || !("getFields" in parent)) return 0;
  const field = parent.getFields()[name];
  if (!field) throw new Error("invalid");
  const type = getNamedType(field.type);
  const levels = field.type.toString().split("[").length - 1;
  const said = sizesAt(given, parent, name).map((size) => ({
    length: size ? lengthOf(given, node, size) : given.assumedListSize,
    fields: [...(size?.sizedFields ?? [])],
  }));
  const inner: Record<string, number> = {};
  for (const { length, fields } of said)
    for (const one of fields) inner[one] = Math.max(inner[one] ?? 0, length);
  let below = 0;
  if (node.selectionSet && isCompositeType(type))
    for (const object of objectsOf(given.schema, type)) {
      const on = given.schema.getType(object);
      if (!on) throw new Error("invalid");
      const place = { parent: type, on, sized: inner };
      below = Math.max(below, ofSet(given, node.selectionSet, place));
    }
  const length = sized[name] ?? Math.max(0, ...said.map((one) => one.length));
  const one = weightAt(given, parent, field) + below;
  const many =
    levels === 0 ? 1 : length * given.assumedListSize ** (levels - 1);
  return (
    argumentsOf(given, node, { parent, field }) + (many && one && many * one)
  );
}

function objectsOf(schema: GraphQLSchema, type: GraphQLCompositeType) {
  return isAbstractType(type)
    ? schema.getPossibleTypes(type).map(({ name }) => name)
    : [type.name];
}

/** The parents whose word counts: the type itself if it says anything, else what it may be. */
function speakers<Said>(
  given: Given,
  said: ReadonlyMap<string, Said>,
  parent: GraphQLCompositeType,
  member: string,
): readonly (Said | undefined)[] {
  const own = said.get(`${parent.name}.${member}`);
  if (own !== undefined || !isInterfaceType(parent)) return [own];
  return objectsOf(given.schema, parent).map((object) =>
    said.get(`${object}.${member}`),
  );
}

function weightAt(
  given: Given,
  parent: GraphQLCompositeType,
  field: GraphQLField<unknown, unknown>,
): number {
  const type = getNamedType(field.type);
  const ofType = isCompositeType(type)
    ? objectsOf(given.schema, type).map(
        (name) => given.costs.weights.get(name) ?? 1,
      )
    : [given.costs.weights.get(type.name) ?? 0];
  const standard = Math.max(0, ...ofType);
  return Math.max(
    0,
    ...speakers(given, given.costs.weights, parent, field.name).map(
      (weight) => weight ?? standard,
    ),
  );
}

function sizesAt(given: Given, parent: GraphQLCompositeType, name: string) {
  return speakers(given, given.costs.listSizes, parent, name);
}

function lengthOf(given: Given, node: FieldNode, size: ListSize): number {
  const written: number[] = [];
  const standing: number[] = [];
  for (const [name, standard] of size.slicing) {
    const value = node.arguments?.find((one) => one.name.value === name)?.value;
    const number =
      value?.kind === Kind.VARIABLE
        ? given.variables[value.name.value]
        : value?.kind === Kind.INT
          ? Number(value.value)
          : value && null;
    if (typeof number === "number") written.push(number);
    if (number === undefined && standard !== undefined) standing.push(standard);
  }
  const count = written.length > 0 ? written.length : standing.length;
  if (size.requiresOne && count !== 1) return Infinity;
  const usable = [...written, ...standing].filter((one) => one >= 0);
  return usable.length > 0
    ? Math.max(...usable)
    : (size.assumedSize ?? given.assumedListSize);
}

/** By the values that a resolver would be given. */
function argumentsOf(
  given: Given,
  node: FieldNode,
  {
    parent,
    field,
  }: { parent: GraphQLCompositeType; field: GraphQLField<unknown, unknown> },
): number {
  const values = getArgumentValues(field, node, given.variables);
  const ofArgument = ({ name, type }: GraphQLArgument) => {
    const member = `${field.name}(${name}:)`;
    const said = speakers(given, given.costs.weights, parent, member);
    const weights = said.filter((weight) => weight !== undefined);
    const weight = weights.length > 0 ? Math.max(...weights) : undefined;
    return ofInput(given, values[name], { type, weight });
  };
  return field.args.reduce((sum, one) => sum + ofArgument(one), 0);
}

function ofInput(
  given: Given,
  value: unknown,
  { type, weight }: { type: GraphQLInputType; weight: number | undefined },
): number {
  if (value === null || value === undefined) return 0;
  const bare = getNullableType(type);
  if (isListType(bare))
    return (value as readonly unknown[]).reduce<number>(
      (sum, item) => sum + ofInput(given, item, { type: bare.ofType, weight }),
      0,
    );
  const said = weight ?? given.costs.weights.get(bare.name);
  if (!isInputObjectType(bare)) return said ?? 0;
  let sum = said ?? 1;
  for (const [name, inner] of Object.entries(value)) {
    const field = bare.getFields()[name];
    if (!field) throw new Error("invalid");
    sum += ofInput(given, inner, {
      type: field.type,
      weight: given.costs.weights.get(`${bare.name}.${name}`),
    });
  }
  return sum;
}
