import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { composeServices } from "@apollo/composition";
import { type OperationCost, compileCost } from "@hr/access";
import { Kind, buildASTSchema, parse } from "graphql";
import { costReport, tooCostly } from "./cost.ts";
import { readSupergraph } from "./supergraph.ts";
import { type TestGraph, startTestGraph } from "./test-graph.ts";

const link = (names: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${names}])`;

const people = `${link('"@key", "@shareable", "@cost", "@listSize"')}
  type Query {
    people(first: Int, last: Int): [Person] @listSize(slicingArguments: ["first", "last"], assumedSize: 5)
    teams(first: Int): [Team!] @shareable @listSize(assumedSize: 5)
  }
  type Person @key(fields: "id") { id: ID! photo(width: Int @cost(weight: 2)): String @cost(weight: 3) }
  type Team @shareable @cost(weight: 1) { name: String }`;
const teams = `${link('"@key", "@shareable", { name: "@cost", as: "@cost" }, { name: "@listSize", as: "@listSize" }')}
  type Query { teams(first: Int): [Team!] @shareable @listSize(assumedSize: 20, slicingArguments: ["first"], requireOneSlicingArgument: false) }
  type Team @shareable @cost(weight: 4) { name: String }`;
const renamed = `${link('"@key", { name: "@cost", as: "@heavy" }')}
  type Query { all: [Thing] @federation__listSize(assumedSize: 9) }
  type Thing @heavy(weight: 6) { id: ID! }`;

describe("what subgraphs say of costs is read from what they compose to", () => {
  test("the most of it where they differ", () => {
    const { weights, listSizes } = readSupergraph(
      composed(people, teams),
    ).costs;
    expect(Object.fromEntries(weights)).toEqual({
      "Person.photo": 3,
      "Person.photo(width:)": 2,
      Team: 4,
    });
    expect(listSizes.get("Query.teams")).toEqual({
      assumedSize: 20,
      slicing: new Map([["first", undefined]]),
      sizedFields: new Set(),
      requiresOne: false,
    });
    expect(listSizes.get("Query.people")?.requiresOne).toBe(true);
  });

  test("under whatever names the directives go by", () => {
    const { weights, listSizes } = readSupergraph(composed(renamed)).costs;
    expect(weights.get("Thing")).toBe(6);
    expect(listSizes.get("Query.all")?.assumedSize).toBe(9);
  });

  test("and refused when nothing sensible is said", () => {
    const sdl = composed(people, teams);
    const spoilt = sdl.replace("@cost(weight: 3)", "@cost(weight: -3)");
    expect(() => readSupergraph(spoilt)).toThrow(
      "Person.photo: @cost(weight:) must be a whole number from 0",
    );
  });
});

describe("an operation", () => {
  const slice = "query ($n: Int) { people(first: $n) { id } }";

  test("runs up to the limit, and is too complex beyond it", () => {
    const cost = compiled(slice);
    expect(tooCostly(cost, { n: 100 }, 100)).toBeUndefined();
    expect(tooCostly(cost, { n: 101 }, 100)?.toJSON()).toEqual({
      message: "The operation's cost comes to 101; the limit is 100.",
      extensions: { code: "QUERY_TOO_COMPLEX", limit: 100, measured: 101 },
    });
  });

  test("is measured without variables where it has none", () => {
    const cost = compiled("{ people(first: 3) { photo(width: 1) } }");
    expect(cost.constant).toBe(3 * (1 + 3 + 2));
    expect(tooCostly(cost, {}, 18)).toBeUndefined();
    expect(tooCostly(cost, {}, 17)?.extensions["measured"]).toBe(18);
  });

  test("is bad input where a list is not bounded as it has to be", () => {
    expect(tooCostly(compiled(slice), {}, 100)?.toJSON()).toEqual({
      message: "Query.people needs exactly one of first, last; 0 are given.",
      extensions: { code: "BAD_USER_INPUT", coordinate: "Query.people" },
    });
  });

  test("is reported with what it could cost and what it did", () => {
    const data = { people: [{ id: "1" }, { id: "2" }, null] };
    const variables = { n: 50 };
    expect(costReport(compiled(slice), { variables, data }, 100)).toEqual({
      estimated: 50,
      actual: 2,
      limit: 100,
    });
  });
});

describe("a gateway whose supergraph says what it costs", () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await startTestGraph({
      shop: {
        sdl: `type Query { items(first: Int): [Item] @federation__listSize(slicingArguments: ["first"]) @requiresScopes(scopes: [["read"]]) }
          type Item @federation__cost(weight: 3) { name: String @federation__cost(weight: 2) }`,
        resolvers: { Query: { items: () => [{ name: "Pen" }] } },
      },
    });
  });
  afterAll(() => graph?.[Symbol.asyncDispose]());

  test("plans and answers as any other", async () => {
    const { data, errors } = await graph.ask(
      "{ items(first: 1) { name } }",
      "read",
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ items: [{ name: "Pen" }] });
  });
});

function composed(...subgraphs: readonly string[]): string {
  const result = composeServices(
    subgraphs.map((sdl, n) => ({
      name: `subgraph${n}`,
      url: "http://127.0.0.1:1/graphql",
      typeDefs: parse(sdl),
    })),
  );
  if (!result.supergraphSdl) throw new Error(String(result.errors));
  return result.supergraphSdl;
}

function compiled(source: string): OperationCost {
  const sdl = composed(people, teams);
  const [operation] = parse(source).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION)
    throw new Error("no operation");
  return compileCost({
    schema: buildASTSchema(parse(sdl), { assumeValidSDL: true }),
    costs: readSupergraph(sdl).costs,
    operation,
    fragments: new Map(),
    assumedListSize: 10,
  });
}
