import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
} from "graphql";
import type { Costs, ListSize } from "./read-costs.ts";

/** A field, and the type a selection of it is written against. */
export type Coordinate = {
  readonly parent: GraphQLCompositeType;
  readonly field: GraphQLField<unknown, unknown>;
};

/** What is said at a field: `@cost` or not, what one of it weighs. */
export type Scale = {
  /** Without `@cost` an object 1, a leaf nothing, an abstract type what its heaviest object does. */
  field(at: Coordinate): number;
  /** Undefined: as its type. */
  argument(at: Coordinate, name: string): number | undefined;
  /** One undefined: an object that says nothing of the list. */
  listSizes(at: Coordinate): readonly (ListSize | undefined)[];
};

/**
 * Composition forbids `@cost` at the fields of interfaces and lifts no `@listSize`
 * to them, so what an interface leaves open its objects say.
 */
export function createScale(schema: GraphQLSchema, costs: Costs): Scale {
  const ofType = (type: GraphQLNamedOutputType): number => {
    if (isAbstractType(type))
      return Math.max(0, ...schema.getPossibleTypes(type).map(ofType));
    return costs.weights.get(type.name) ?? (isLeafType(type) ? 0 : 1);
  };
  const ownOrBelow = <Said>(
    said: ReadonlyMap<string, Said>,
    { parent, field }: Coordinate,
    member = "",
  ): readonly (Said | undefined)[] => {
    const at = (type: string) => said.get(`${type}.${field.name}${member}`);
    const own = at(parent.name);
    if (own !== undefined || !isInterfaceType(parent)) return [own];
    const below = schema.getPossibleTypes(parent).map(({ name }) => at(name));
    return [...new Set(below)];
  };
  return {
    field(at) {
      const standard = ofType(getNamedType(at.field.type));
      const said = ownOrBelow(costs.weights, at);
      return Math.max(0, ...said.map((weight) => weight ?? standard));
    },
    argument(at, name) {
      const said = ownOrBelow(costs.weights, at, `(${name}:)`).filter(
        (weight) => weight !== undefined,
      );
      return said.length > 0 ? Math.max(...said) : undefined;
    },
    listSizes: (at) => ownOrBelow(costs.listSizes, at),
  };
}
