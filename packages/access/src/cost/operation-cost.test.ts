import { describe, expect, test } from "@jest/globals";
import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  buildASTSchema,
  parse,
} from "graphql";
import { type OperationCost, compileCost } from "./operation-cost.ts";
import { type Costs, readCosts } from "./read-costs.ts";

const sdl = parse(`
  schema
    @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", "@listSize"])
    { query: Query mutation: Mutation }
  type Query {
    me: Person
    name: String
    tags: [String]
    people(first: Int, last: Int, by: By): People
      @listSize(assumedSize: 25, slicingArguments: ["first", "last"], sizedFields: ["nodes"], requireOneSlicingArgument: false)
    strict(first: Int = 5, last: Int): [Person] @listSize(slicingArguments: ["first", "last"])
    exact(first: Int, last: Int): [Person] @listSize(slicingArguments: ["first", "last"])
    all: [Person]
    grid: [[Person]]
    anything: Any
    shape: Shape
    shelf: Shelf
    shapes: [Shape] @listSize(assumedSize: 2)
  }
  type Mutation { rename(by: By!, many: [By!]): Person }
  type People { nodes: [Person] first: Person total: Int @cost(weight: 10) }
  type Person { name: String friends: [Person] pay: Pay mood: Mood @cost(weight: 1) rate(mood: Mood = FINE): Int tag(names: [String] @cost(weight: 3)): Int calls(n: Int): [Person] @listSize(slicingArguments: ["n"]) }
  type Pay @cost(weight: 7) { amount: Int }
  enum Mood @cost(weight: 4) { FINE }
  input By { name: String @cost(weight: 2) by: By mood: Mood }
  union Any = Person | Pay | Box
  interface Shelf { inner: Shelf }
  type Books implements Shelf { inner: Books @listSize(assumedSize: 3, sizedFields: ["pages"]) pages: [Person] }
  type Crate implements Shelf { inner: Crate pages: Person }
  interface Shape { parts(n: Int): [Person] }
  type Box implements Shape { parts(n: Int): [Person] @listSize(slicingArguments: ["n"], requireOneSlicingArgument: false) lid: Person }
  type Ball implements Shape { parts(n: Int): [Person] @cost(weight: 3) }`);
const schema = buildASTSchema(sdl, { assumeValidSDL: true });
const costs = readCosts(sdl, schema);

function compiled(source: string, by: Costs = costs): OperationCost {
  const document: DocumentNode = parse(source);
  const operation = document.definitions.find(
    (one): one is OperationDefinitionNode =>
      one.kind === Kind.OPERATION_DEFINITION,
  );
  const fragments = document.definitions.filter(
    (one) => one.kind === Kind.FRAGMENT_DEFINITION,
  );
  if (!operation) throw new Error("no operation");
  return compileCost({
    ...{ schema, costs: by, operation, assumedListSize: 10 },
    fragments: new Map(fragments.map((one) => [one.name.value, one])),
  });
}

describe("an operation costs", () => {
  test.each([
    [
      "nothing for leaves and what the gateway knows itself",
      0,
      "{ name tags __typename __schema { types { name } } }",
    ],
    ["1 for an object", 1, "{ me { name } }"],
    [
      "what @cost says at a field, its type behind it",
      1 + 7 + 1,
      "{ me { pay { amount } mood } }",
    ],
    [
      "an assumed length for a list of which nothing is said",
      10 * (1 + 10),
      "{ all { friends { name } } }",
    ],
    ["that at every level of a list of lists", 100, "{ grid { name } }"],
    ["10 for a mutation", 10 + 1 + 1, "mutation { rename(by: {}) { name } }"],
    [
      "the length its slicing argument gives to the fields it sizes",
      1 + 3,
      "{ people(first: 3) { nodes { name } } }",
    ],
    [
      "that through fragments and aliases",
      1 + 3,
      "{ people(first: 3) { ...F } } fragment F on People { ... { a: nodes { name } } }",
    ],
    [
      "for each field that spreads a fragment its own",
      1 + 1 + 1 + 2,
      "{ people(first: 1) { ...F } b: people(first: 2) { ...F } } fragment F on People { nodes { name } }",
    ],
    [
      "and to no others",
      1 + (1 + 10) + 10,
      "{ people(first: 3) { first { friends { name } } total } }",
    ],
    [
      "the largest of several",
      1 + 4,
      "{ people(first: 3, last: 4) { nodes { name } } }",
    ],
    [
      "the assumed length without one, or a negative one",
      2 * (1 + 25),
      "{ people(first: null) { nodes { name } } b: people(first: -1) { nodes { name } } }",
    ],
    [
      "nothing for a list of none",
      1,
      "{ people(first: 0) { nodes { friends { name } } } }",
    ],
    ["the default of a slicing argument", 5, "{ strict { name } }"],
    [
      "1 for an input object, and what @cost says in it",
      1 + 1 + 2 + 1 + 4,
      '{ people(by: { name: "a", by: { mood: FINE } }) { total @skip(if: true) } }',
    ],
    [
      "what every item of an input list does",
      10 + 1 + 1 + 3,
      "mutation { rename(by: {}, many: [{}, { by: {} }]) { name } }",
    ],
    ["what a default that stands does", 1 + 4, "{ me { rate } }"],
    ["what an argument's type says", 1 + 4, "{ me { rate(mood: FINE) } }"],
    ["the heaviest object a union may be", 7, "{ anything { __typename } }"],
    [
      "with the heaviest selection that applies to one",
      7 + 10,
      "{ anything { ... on Person { friends { name } } ... on Box { lid { name } parts(n: 1) { name } } } }",
    ],
    [
      "the most any object of an interface says of its field",
      1 + 10 * 3,
      "{ shape { parts(n: 2) { name } } }",
    ],
    [
      "and sizes lists only, also where an interface does not tell them",
      1 + 1 + 1,
      "{ shelf { inner { ... on Crate { pages { name } } } } }",
    ],
    [
      "each selection, also where two merge",
      2,
      "{ me { name } ...F } fragment F on Query { me { name } }",
    ],
    [
      "nothing of what is never included",
      0,
      "{ me @include(if: false) { name } ... @skip(if: true) { me { name } } }",
    ],
  ])("%s", (_what, cost, source) => {
    const { constant, estimate } = compiled(source);
    expect(constant).toBe(cost);
    expect(estimate({})).toEqual({ kind: "cost", cost });
  });
});

describe("with variables it costs", () => {
  test.each([
    [
      "the length they give",
      1 + 7,
      "query ($n: Int) { people(first: $n) { nodes { name } } }",
      { n: 7 },
    ],
    [
      "the assumed length without them",
      1 + 25,
      "query ($n: Int) { people(first: $n) { nodes { name } } }",
      {},
    ],
    [
      "the default that stands where none is given",
      5,
      "query ($n: Int) { strict(first: $n) { name } }",
      {},
    ],
    [
      "what they include",
      1,
      "query ($a: Boolean!) { me @include(if: $a) { name } b: me @skip(if: $a) { friends { name } } }",
      { a: true },
    ],
    [
      "what the input in them does",
      1 + 1 + 2 + 1,
      "query ($by: By) { people(by: $by) { __typename } }",
      { by: { name: "a", by: {} } },
    ],
    [
      "what a default does that they leave standing",
      1 + 4,
      "query ($a: Mood) { me { rate(mood: $a) } }",
      {},
    ],
    [
      "nothing for a default they take away",
      1,
      "query ($a: Mood) { me { rate(mood: $a) } }",
      { a: null },
    ],
    [
      "what every item of a list in them does",
      1 + 6 + 3,
      'query ($a: [String]) { me { tag(names: $a) b: tag(names: [null, "b"]) } }',
      { a: ["a", "b"] },
    ],
    [
      "also inside a literal",
      1 + 1 + 2,
      "query ($a: String) { people(by: { name: $a }) { __typename } }",
      { a: "a" },
    ],
  ])("%s", (_what, cost, source, variables) => {
    const { constant, estimate } = compiled(source);
    expect(constant).toBeUndefined();
    expect(estimate(variables)).toEqual({ kind: "cost", cost });
  });
});

describe("a list that has to be sliced by exactly one argument", () => {
  const slicing = ["first", "last"];

  test.each([
    [0, "{ exact { name } }"],
    [2, "{ exact(first: 1, last: 2) { name } }"],
    [0, "query ($n: Int) { exact(first: $n) { name } }"],
    [2, "{ strict(first: 1, last: 2) { name } }"],
    [0, "{ strict(first: null) { name } }"],
  ])("is told that %i are given", (given, source) => {
    const { constant, estimate } = compiled(source);
    const coordinate = `Query.${source.includes("exact") ? "exact" : "strict"}`;
    const kind = "unsliced";
    expect(constant).toBeUndefined();
    expect(estimate({})).toEqual({ kind, coordinate, slicing, given });
  });

  test.each([
    ["one is given", 3, "{ exact(last: 3) { name } }"],
    ["one is given beside a default", 5, "{ strict(last: 3) { name } }"],
    [
      "the list above is empty",
      1,
      "query ($none: Int = 0) { people(first: $none) { nodes { calls { name } } } }",
    ],
    [
      "the list is not asked for",
      0,
      "query ($no: Boolean = false) { exact @include(if: $no) { name } }",
    ],
  ])("is content where %s", (_what, cost, source) => {
    const { estimate } = compiled(source);
    expect(estimate({ no: false, none: 0 })).toEqual({ kind: "cost", cost });
  });
});

describe("fragments nested in each other twice", () => {
  const nested = (count: number) => {
    const fragments = Array.from(
      { length: count },
      (_, n) =>
        `fragment F${n} on Person { a: friends { ...F${n + 1} } b: friends { ...F${n + 1} } }`,
    );
    return `{ me { ...F0 } } ${fragments.join(" ")} fragment F${count} on Person { name }`;
  };

  test("are compiled once each", () => {
    const lookUps = (count: number) => {
      let reads = 0;
      const weights = new Map(costs.weights);
      weights.get = (name) => {
        reads += 1;
        return costs.weights.get(name);
      };
      compiled(nested(count), { ...costs, weights });
      return reads;
    };
    expect(lookUps(120)).toBeLessThan(2.1 * lookUps(60));
  });

  test("count for every time they are spread, up to the largest safe integer", () => {
    const twice = (count: number) => (20 ** (count + 1) - 1) / 19;
    expect(compiled(nested(3)).constant).toBe(twice(3));
    expect(compiled(nested(300)).constant).toBe(Number.MAX_SAFE_INTEGER);
  });

  test.each([
    "{ me { ...F } } fragment F on Person { friends { ...F } }",
    "{ me { ...F } } fragment F on Person { ...F }",
  ])("and in a circle count as infinitely many: %s", (circle) => {
    const cost = Number.MAX_SAFE_INTEGER;
    expect(compiled(circle).estimate({})).toEqual({ kind: "cost", cost });
  });
});

describe("an answer did cost", () => {
  const source = `query ($n: Int) {
    people(first: $n, by: { name: "a" }) { total nodes { name pay { amount } } ...F }
  } fragment F on People { nodes { pay { amount } friends { name } } }`;
  const { actual } = compiled(source);

  test("what its lists held, each object once though selected twice", () => {
    const friends = [{ name: "b" }, null, { name: "c" }];
    const nodes = [{ name: "a", pay: { amount: 1 }, friends }, { friends: [] }];
    expect(actual({ people: { total: 2, nodes } }, { n: 100 })).toBe(
      1 + (1 + 2) + 10 + (1 + 7 + 2) + 1,
    );
  });

  test.each([null, undefined, {}, { people: null }])(
    "nothing where it is %j",
    (data) => {
      expect(actual(data, {})).toBe(0);
    },
  );

  test("no less than the mutation, whatever it answered", () => {
    const { actual } = compiled("mutation { rename(by: {}) { name } }");
    expect(actual({ rename: null }, {})).toBe(10);
    expect(actual({ rename: { name: null } }, {})).toBe(10 + 1 + 1);
  });

  test("with fragments nested in each other twice, each object once", () => {
    const depth = 40;
    const fragments = Array.from(
      { length: depth },
      (_, n) =>
        `fragment F${n} on Person { friends { ...F${n + 1} ...F${n + 1} } }`,
    );
    const { actual } = compiled(
      `{ me { ...F0 } } ${fragments.join(" ")} fragment F${depth} on Person { name }`,
    );
    let me: object = { name: "a" };
    for (let n = 0; n < depth; n += 1) me = { friends: [me] };
    expect(actual({ me }, {})).toBe(1 + depth);
  });

  test("nothing for keys that only a prototype has", () => {
    const { actual } = compiled("{ constructor: me { toString: name } }");
    expect(actual({}, {})).toBe(0);
    expect(actual(JSON.parse('{"constructor":{"toString":"a"}}'), {})).toBe(1);
  });
});
