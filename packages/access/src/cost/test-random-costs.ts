import {
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { type Draw, chance } from "../test-draw.ts";
import type { Costs, ListSize } from "./read-costs.ts";

export const noCosts: Costs = { weights: new Map(), listSizes: new Map() };

/** Weights and list sizes at coordinates of every kind. */
export function randomCosts(draw: Draw, schema: GraphQLSchema): Costs {
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  const weigh = (coordinate: string) => {
    if (chance(draw, 25)) weights.set(coordinate, draw(4));
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    if (!isInterfaceType(type)) weigh(type.name);
    if (isInputObjectType(type))
      for (const name of Object.keys(type.getFields()))
        weigh(`${type.name}.${name}`);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      if (isObjectType(type)) weigh(coordinate);
      for (const { name } of field.args) weigh(`${coordinate}(${name}:)`);
      const said = chance(draw, 40) ? randomListSize(draw, field) : undefined;
      if (said) listSizes.set(coordinate, said);
    }
  }
  return { weights, listSizes };
}

function randomListSize(
  draw: Draw,
  field: GraphQLField<unknown, unknown>,
): ListSize | undefined {
  const sized = listsIn(field).filter(() => chance(draw, 60));
  if (sized.length === 0 && !isListType(getNullableType(field.type)))
    return undefined;
  const isSliced = field.args.some(({ name }) => name === "n");
  const standard = chance(draw, 30) ? draw(3) : undefined;
  return {
    assumedSize: chance(draw, 40) ? draw(3) : undefined,
    slicing: new Map(isSliced ? [["n", standard]] : []),
    sizedFields: new Set(sized),
    requiresOne: isSliced && chance(draw, 20),
  };
}

function listsIn({ type }: GraphQLField<unknown, unknown>): readonly string[] {
  const target = getNamedType(type);
  if (!isCompositeType(target) || !("getFields" in target)) return [];
  return Object.values(target.getFields())
    .filter((field) => isListType(getNullableType(field.type)))
    .map(({ name }) => name);
}
