import {
  type FieldNode,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  Kind,
  type ValueNode,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
} from "graphql";
import type { Amount, Formula } from "./formula.ts";
import type { Costs } from "./read-costs.ts";
import type { Coordinate, Scale } from "./scale.ts";

/** Where a value stands: its type, and what `@cost` says at the place. */
type Place = {
  readonly type: GraphQLInputType;
  readonly weight: number | undefined;
};

/** Of the arguments a field is given. */
export type ArgumentCost = (node: FieldNode, at: Coordinate) => Amount;

/**
 * An input object costs 1, scalars and enums nothing, a list what its items do,
 * unless `@cost` says otherwise. A default counts as if it were written.
 */
export function createArgumentCost(
  formula: Formula,
  scale: Scale,
  costs: Costs,
): ArgumentCost {
  const weightOf = ({ type, weight }: Place): number => {
    const named = getNamedType(type);
    const standard = isInputObjectType(named) ? 1 : 0;
    return weight ?? costs.weights.get(named.name) ?? standard;
  };
  const isFree = (place: Place): boolean =>
    !isInputObjectType(getNamedType(place.type)) && weightOf(place) === 0;
  const placeOf = (
    type: GraphQLNamedType,
    field: GraphQLInputField,
  ): Place => ({
    type: field.type,
    weight: costs.weights.get(`${type.name}.${field.name}`),
  });

  const ofValue = (value: unknown, place: Place): number => {
    if (value === undefined || value === null || isFree(place)) return 0;
    const type = getNullableType(place.type);
    if (isListType(type)) {
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      const item = { ...place, type: type.ofType };
      return items.reduce<number>((sum, one) => sum + ofValue(one, item), 0);
    }
    if (!isInputObjectType(type)) return weightOf(place);
    const given = value as Readonly<Record<string, unknown>>;
    return Object.values(type.getFields()).reduce(
      (sum, field) => sum + ofValue(given[field.name], placeOf(type, field)),
      weightOf(place),
    );
  };

  const ofLiteral = (
    literal: ValueNode | undefined,
    standard: unknown,
    place: Place,
  ): Amount => {
    if (!literal) return ofValue(standard, place);
    if (literal.kind === Kind.NULL || isFree(place)) return 0;
    if (literal.kind === Kind.VARIABLE) {
      const name = literal.name.value;
      return formula.given((variables) => {
        const value = variables[name];
        return ofValue(value === undefined ? standard : value, place);
      });
    }
    const type = getNullableType(place.type);
    if (isListType(type)) {
      const items = literal.kind === Kind.LIST ? literal.values : [literal];
      const item = { ...place, type: type.ofType };
      return formula.sum(items.map((one) => ofLiteral(one, undefined, item)));
    }
    if (!isInputObjectType(type) || literal.kind !== Kind.OBJECT)
      return weightOf(place);
    const given = valuesIn(literal.fields);
    const inner = Object.values(type.getFields()).map((field) =>
      ofLiteral(
        given.get(field.name),
        field.defaultValue,
        placeOf(type, field),
      ),
    );
    return formula.sum([weightOf(place), ...inner]);
  };

  return (node, at) => {
    const given = valuesIn(node.arguments ?? []);
    return formula.sum(
      at.field.args.map(({ name, type, defaultValue }) =>
        ofLiteral(given.get(name), defaultValue, {
          ...{ type, weight: scale.argument(at, name) },
        }),
      ),
    );
  };
}

function valuesIn(
  nodes: readonly {
    readonly name: { readonly value: string };
    readonly value: ValueNode;
  }[],
): ReadonlyMap<string, ValueNode> {
  return new Map(nodes.map(({ name, value }) => [name.value, value]));
}
