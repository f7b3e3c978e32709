import { describe, expect, test } from "@jest/globals";
import {
  type GraphQLOutputType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  executeSync,
  getNamedType,
  getNullableType,
  getVariableValues,
  isAbstractType,
  isLeafType,
  isListType,
  parse,
} from "graphql";
import { type Case, always } from "../test-cases.ts";
import { type Draw, pick } from "../test-draw.ts";
import { compileCost } from "./operation-cost.ts";
import type { Costs } from "./read-costs.ts";
import { expectedEstimate } from "./test-oracle.ts";
import { noCosts, randomCosts } from "./test-random-costs.ts";

const assumedListSize = 2;

describe("the estimate", () => {
  test("is what walking every path with the variables at hand gives", () => {
    always((one) => {
      const given = inputOf(one, randomCosts(one.draw, one.served.schema));
      const { variables } = given;
      const cost = compileCost(given);
      const expected = expectedEstimate(given);
      const estimate = cost.estimate(variables);
      if (expected === Infinity) expect(estimate.kind).toBe("unsliced");
      else expect(estimate).toEqual({ kind: "cost", cost: expected });
      if (cost.constant !== undefined) expect(cost.constant).toBe(expected);
    }, 100);
  });

  test("never falls when more is asked for, and is a number from 0", () => {
    always((one) => {
      const given = inputOf(one, randomCosts(one.draw, one.served.schema));
      const cost = compileCost(given);
      const n = one.draw(5);
      const more = n + one.draw(2 ** 31 - 1);
      const [less, most] = [n, more].map((first) => {
        const estimate = cost.estimate({ ...given.variables, n: first });
        return estimate.kind === "cost" ? estimate.cost : -1;
      });
      expect(most).toBeGreaterThanOrEqual(less ?? NaN);
      expect(Number.isSafeInteger(most)).toBe(true);
    }, 60);
  });
});

describe("the actual cost", () => {
  test("without weights is the objects that were answered, and at most the estimate where lists are as long as assumed", () => {
    always((one) => {
      if (one.document.source.includes("by:")) return;
      const given = inputOf(one, noCosts);
      const cost = compileCost(given);
      const answered = answer(one, given.costs);
      if (!answered) return;
      const base =
        given.operation.operation === OperationTypeNode.MUTATION ? 10 : 0;
      const actual = cost.actual(answered.data, given.variables);
      expect(actual).toBe(base + answered.objects);
      const estimate = cost.estimate(given.variables);
      expect(estimate.kind === "cost" && estimate.cost).toBeGreaterThanOrEqual(
        actual,
      );
    }, 100);
  });

  test("is never less than what the resolvers that ran weigh", () => {
    always((one) => {
      const { weights } = randomCosts(one.draw, one.served.schema);
      const given = inputOf(one, { weights, listSizes: new Map() });
      const answered = answer(one, given.costs);
      if (!answered) return;
      const cost = compileCost(given);
      const actual = cost.actual(answered.data, given.variables);
      expect(actual).toBeGreaterThanOrEqual(answered.weight);
    }, 100);
  });
});

function inputOf({ served, document }: Case, costs: Costs) {
  const { schema } = served;
  const { definitions } = parse(document.source);
  const operation = definitions.find(
    (one): one is OperationDefinitionNode =>
      one.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error("There is no operation");
  const fragments = new Map(
    definitions
      .filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  );
  const { coerced } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    document.variables,
  );
  if (!coerced) throw new Error("The variables do not fit");
  const variables = coerced;
  return { schema, costs, operation, fragments, variables, assumedListSize };
}

/** Runs the operation over a world without nulls; counts what the resolvers hand out. */
function answer({ served, document, draw }: Case, { weights }: Costs) {
  let objects = 0;
  let weight = 0;
  const { data, errors } = executeSync({
    schema: served.schema,
    document: parse(document.source),
    variableValues: document.variables,
    rootValue: {},
    fieldResolver(_source, _args, _context, info) {
      const { parentType, fieldName, returnType } = info;
      const items = worldOf(returnType, served.schema, draw);
      const own = weights.get(`${parentType.name}.${fieldName}`);
      for (const item of leavesOf(items)) {
        objects += isRow(item) ? 1 : 0;
        weight += own ?? weights.get(typeOf(item, returnType)) ?? +isRow(item);
      }
      return items;
    },
    typeResolver: (row) => (isRow(row) ? row.type : undefined),
  });
  // An interface nobody implements was asked for something.
  if (errors) return undefined;
  return { data, objects, weight };
}

type Row = { readonly type: string };
type World = Row | string | number | readonly World[];

function worldOf(
  type: GraphQLOutputType,
  schema: GraphQLSchema,
  draw: Draw,
): World {
  const bare = getNullableType(type);
  if (isListType(bare)) {
    const item = bare.ofType;
    const length = draw(assumedListSize);
    return Array.from({ length }, () => worldOf(item, schema, draw));
  }
  if (isLeafType(bare)) return { Int: 1, Mood: "FINE" }[bare.name] ?? "t";
  const object = isAbstractType(bare)
    ? pick(draw, schema.getPossibleTypes(bare))
    : bare;
  return { type: object.name };
}

function leavesOf(world: World): readonly (Row | string | number)[] {
  return isList(world) ? world.flatMap(leavesOf) : [world];
}

function isList(world: World): world is readonly World[] {
  return Array.isArray(world);
}

function isRow(item: unknown): item is Row {
  return typeof item === "object" && item !== null && "type" in item;
}

function typeOf(item: World, type: GraphQLOutputType): string {
  return isRow(item) ? item.type : getNamedType(type).name;
}
