import { describe, expect, test } from "@jest/globals";
import { buildASTSchema, parse } from "graphql";
import { readCosts } from "./read-costs.ts";

const read = (sdl: string) => {
  const document = parse(sdl);
  return readCosts(
    document,
    buildASTSchema(document, { assumeValidSDL: true }),
  );
};
const composed = (link: string, body: string) =>
  read(
    `schema @link(url: "https://specs.apollo.dev/cost/${link}) { query: Query } ${body}`,
  );
const plain = (body: string) =>
  composed('v0.1", import: ["@cost", "@listSize"]', body);

test("weights are read at every coordinate that may carry one", () => {
  const { weights } = plain(`
    type Query { a(by: By @cost(weight: 2)): T @cost(weight: 3) }
    input By { n: Int @cost(weight: 4) }
    type T @cost(weight: 0) { s: S e: E }
    scalar S @cost(weight: 5)
    enum E { A }
    extend enum E @cost(weight: 6)`);
  expect(Object.fromEntries(weights)).toEqual({
    "Query.a(by:)": 2,
    "Query.a": 3,
    "By.n": 4,
    T: 0,
    S: 5,
    E: 6,
  });
});

test("a list size is read with the defaults of its slicing arguments", () => {
  const { listSizes } = plain(`
    type Query {
      all: [Int] @listSize(assumedSize: 7)
      page(first: Int = 25, last: Int, after: String): Page
        @listSize(assumedSize: null, slicingArguments: ["first", "last"], sizedFields: ["nodes"])
      any(first: Int): [Int] @listSize(slicingArguments: ["first"], requireOneSlicingArgument: false)
    }
    type Page { nodes: [Int!]! }`);
  expect([...listSizes]).toEqual([
    [
      "Query.all",
      {
        assumedSize: 7,
        slicing: new Map(),
        sizedFields: new Set(),
        requiresOne: false,
      },
    ],
    [
      "Query.page",
      {
        assumedSize: undefined,
        slicing: new Map([
          ["first", 25],
          ["last", undefined],
        ]),
        sizedFields: new Set(["nodes"]),
        requiresOne: true,
      },
    ],
    [
      "Query.any",
      {
        assumedSize: undefined,
        slicing: new Map([["first", undefined]]),
        sizedFields: new Set(),
        requiresOne: false,
      },
    ],
  ]);
});

describe("the directives are found by what they are linked to", () => {
  const body = (cost: string, listSize: string) =>
    `type Query { a: [Int] @${cost}(weight: 2) @${listSize}(assumedSize: 3) }`;

  test.each([
    ["cost", "listSize", 'v0.1", import: ["@cost", "@listSize"]'],
    ["cost", "cost__listSize", 'v0.1"'],
    ["price", "price__listSize", 'v0.1", as: "price"'],
    [
      "heavy",
      "long",
      'v0.1", import: [{ name: "@cost", as: "@heavy" }, { name: "@listSize", as: "@long" }]',
    ],
  ])("as @%s and @%s", (cost, listSize, link) => {
    const { weights, listSizes } = composed(link, body(cost, listSize));
    expect(weights.get("Query.a")).toBe(2);
    expect(listSizes.get("Query.a")?.assumedSize).toBe(3);
  });

  test.each([
    ["cost", "listSize", '"@cost", "@listSize"'],
    ["federation__cost", "federation__listSize", ""],
  ])("in a subgraph as @%s and @%s", (cost, listSize, names) => {
    const { weights, listSizes } = read(
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${names}]) ${body(cost, listSize)}`,
    );
    expect(weights.get("Query.a")).toBe(2);
    expect(listSizes.get("Query.a")?.assumedSize).toBe(3);
  });

  test("and another directive of that name means nothing", () => {
    const { weights, listSizes } = read(body("cost", "listSize"));
    expect(weights.size + listSizes.size).toBe(0);
  });
});

test.each([
  [
    "Query.a: @cost(weight:) must be a whole number",
    "a: Int @cost(weight: -1)",
  ],
  ["Query.a: @cost(weight:) must be", 'a: Int @cost(weight: "2.0")'],
  ["Query.a: @cost(weight:) must be", "a: Int @cost"],
  ["Query.a(b:): @cost(weight:) must be", "a(b: Int @cost(weight: true)): Int"],
  [
    "Query.a: @listSize(assumedSize:) must be a whole number",
    "a: [Int] @listSize(assumedSize: -1)",
  ],
  [
    'Query.a: @listSize(slicingArguments:) names "n", which is no argument of the field',
    'a: [Int] @listSize(slicingArguments: ["n"])',
  ],
  [
    'names "n", which is no Int: name an Int argument',
    'a(n: String): [Int] @listSize(slicingArguments: ["n"])',
  ],
  [
    "@listSize(slicingArguments:) must be a list of names",
    "a(n: Int): [Int] @listSize(slicingArguments: [1])",
  ],
  [
    'Query.a: @listSize(sizedFields:) names "x", which is no field there',
    'a: P @listSize(sizedFields: ["x"])',
  ],
  [
    'names "one", which is no list: name a list in P',
    'a: P @listSize(sizedFields: ["one"])',
  ],
  [
    'names "x", which is no field there',
    'a: [Int] @listSize(sizedFields: ["x"])',
  ],
  [
    "Query.a: @listSize stands on a field that is no list",
    "a: P @listSize(assumedSize: 3)",
  ],
  [
    "@listSize(requireOneSlicingArgument:) must be true or false",
    'a: [Int] @listSize(requireOneSlicingArgument: "no")',
  ],
])("refused: %s", (fault, field) => {
  expect(() => plain(`type Query { ${field} } type P { one: Int }`)).toThrow(
    fault,
  );
});

test("a version that is not known is refused", () => {
  expect(() => composed('v0.2"', "type Query { a: Int }")).toThrow(
    "only v0.1 is understood",
  );
});
