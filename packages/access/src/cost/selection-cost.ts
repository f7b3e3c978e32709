import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isUnionType,
} from "graphql";
import { createArgumentCost } from "./argument-cost.ts";
import { distinctObjects, includes } from "./distinct-objects.ts";
import type { Amount, Formula, Variables } from "./formula.ts";
import { type Demand, listLengths } from "./list-length.ts";
import type { Costs } from "./read-costs.ts";
import { type Coordinate, createScale } from "./scale.ts";

export type CostInput = {
  /** The API schema the document was validated against. */
  readonly schema: GraphQLSchema;
  readonly costs: Costs;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** How long a list is taken to be where nothing says it. */
  readonly assumedListSize: number;
};

export type SelectionCosts = {
  readonly total: Amount;
  readonly demands: readonly Demand[];
  readonly fields: ReadonlyMap<FieldNode, FieldCost>;
};

/** The same whoever spreads the fragment the field stands in. */
export type FieldCost = {
  /** Of one instance, without what is below it. */
  readonly weight: number;
  readonly arguments: Amount;
  /** Of one instance, with all that is below it. */
  readonly each: Amount;
  /** Where nothing above says it; undefined: it is no list. */
  readonly length: Amount | undefined;
};

/** Where a selection set stands. */
type Place = {
  /** What its selections are written against. */
  readonly parent: GraphQLCompositeType;
  /** What it is counted for: fragments that do not apply to it count nothing. */
  readonly on: GraphQLObjectType;
  /** Lists that are as long as the field above says. */
  readonly sized?: ReadonlyMap<string, Amount> | undefined;
};

/**
 * What selections cost. Each field is compiled once, each set once for every kind
 * of object it may meet and every field that sizes its lists.
 */
export function compileSelections(
  input: CostInput,
  root: GraphQLObjectType,
  formula: Formula,
): SelectionCosts {
  const { schema, costs, fragments, assumedListSize: standard } = input;
  const scale = createScale(schema, costs);
  const argumentCost = createArgumentCost(formula, scale, costs);
  const objectsOf = distinctObjects(input);
  const idOf = numbering();
  const sets = new Map<string, Amount>();
  const fields = new Map<FieldNode, FieldCost>();
  const demands: Demand[] = [];
  const lengthParts = { formula, scale, standard, demands };

  const ofSet = (set: SelectionSetNode, at: Place): Amount => {
    const key = `${idOf(set)} ${at.on.name} ${at.sized ? idOf(at.sized) : ""}`;
    const before = sets.get(key);
    if (before !== undefined) return before;
    // Met again before it is known: fragments in a circle, which the validator refuses.
    sets.set(key, Infinity);
    const sum = formula.sum(
      set.selections.map((one) =>
        whereIncluded(one, formula, () => ofSelection(one, at)),
      ),
    );
    sets.set(key, sum);
    return sum;
  };

  const ofSelection = (node: SelectionNode, at: Place): Amount => {
    if (node.kind === Kind.FIELD) return ofField(node, at);
    const fragment =
      node.kind === Kind.INLINE_FRAGMENT
        ? node
        : fragments.get(node.name.value);
    if (!fragment) return 0;
    const name = fragment.typeCondition?.name.value ?? at.parent.name;
    const parent = schema.getType(name);
    if (!isCompositeType(parent) || !includes(schema, parent, at.on)) return 0;
    return ofSet(fragment.selectionSet, { ...at, parent });
  };

  const ofField = (node: FieldNode, { parent, sized }: Place): Amount => {
    const name = node.name.value;
    const field = isUnionType(parent) ? undefined : parent.getFields()[name];
    if (!field) return 0;
    const cost = fields.get(node) ?? compiled(node, { parent, field });
    const isList = cost.length !== undefined;
    const length = isList ? (sized?.get(name) ?? cost.length) : 1;
    const all = formula.times(length, cost.each);
    return formula.sum([cost.arguments, all]);
  };

  const compiled = (node: FieldNode, at: Coordinate): FieldCost => {
    const own = { weight: scale.field(at), arguments: argumentCost(node, at) };
    // As of a set in a circle.
    fields.set(node, { ...own, length: undefined, each: Infinity });
    const { length, sized } = listLengths(node, at, lengthParts);
    const one = formula.sum([own.weight, below(node, at, sized)]);
    const depth = listDepth(at.field.type);
    const cost =
      depth === 0
        ? { ...own, length: undefined, each: one }
        : { ...own, length, each: formula.times(standard ** (depth - 1), one) };
    fields.set(node, cost);
    return cost;
  };

  const below = (
    { selectionSet }: FieldNode,
    { field }: Coordinate,
    sized: Place["sized"],
  ): Amount => {
    const parent = getNamedType(field.type);
    if (!selectionSet || !isCompositeType(parent)) return 0;
    return formula.most(
      objectsOf(parent).map((on) => ofSet(selectionSet, { parent, on, sized })),
    );
  };

  const { selectionSet } = input.operation;
  const total = ofSet(selectionSet, { parent: root, on: root });
  return { total, demands, fields };
}

function listDepth(type: GraphQLOutputType): number {
  const bare = getNullableType(type);
  return isListType(bare) ? 1 + listDepth(bare.ofType) : 0;
}

function numbering() {
  const ids = new Map<object, number>();
  return (one: object): number => {
    const before = ids.get(one);
    if (before !== undefined) return before;
    ids.set(one, ids.size);
    return ids.size - 1;
  };
}

function whereIncluded(
  { directives = [] }: SelectionNode,
  formula: Formula,
  amount: () => Amount,
): Amount {
  const conditions: ((variables: Variables) => boolean)[] = [];
  for (const { name, arguments: given } of directives) {
    if (name.value !== "skip" && name.value !== "include") continue;
    const wanted = name.value === "include";
    const value = given?.[0]?.value;
    if (value?.kind === Kind.BOOLEAN && value.value !== wanted) return 0;
    if (value?.kind === Kind.VARIABLE)
      conditions.push((variables) => variables[value.name.value] !== !wanted);
  }
  return conditions.reduce(
    (whole, condition) => formula.when(condition, whole),
    amount(),
  );
}
