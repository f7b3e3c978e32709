import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type TestSubgraph, openPolicy, testSubgraph } from "../testing.ts";

const schema = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@requiresScopes"])
  type Person @key(fields: "id") {
    id: ID!
    risk: String @external
    premium: String @requires(fields: "risk") @requiresScopes(scopes: [["pay", "risk"]])
  }`;

let called = 0;
let subgraph: TestSubgraph;

beforeAll(async () => {
  subgraph = await testSubgraph({
    ...{ name: "pay", schema },
    // What `risk` asks for is known here by composition alone.
    policy: openPolicy("pay", schema, {
      Query: {},
      "Person.risk": { scopes: [[["risk"]]] },
    }),
    resolvers: {
      Person: {
        __resolveReference: (given: object) => given,
        premium({ risk }: { risk: string }) {
          called += 1;
          return `of ${risk}`;
        },
      },
    },
    ...{ subjects: {}, reports: () => Promise.resolve(new Set<string>()) },
    ...{ context: () => ({}), dependencies: {} },
  });
});

afterAll(() => subgraph.close());

test("hole 4, GHSA-m8jr-fxqx-8xx6: what is handed in for @requires is no reason to allow, and not told again to who may not read it", async () => {
  const query = `{ _entities(representations: [{ __typename: "Person", id: "1", risk: "R2", premium: "R2" }]) { ... on Person { premium x: risk } } }`;
  for (const scopes of [[], ["pay"]])
    expect((await subgraph.ask(query, { scopes })).data).toEqual({
      _entities: [{ premium: null, x: null }],
    });
  expect((await subgraph.ask(query, { scopes: ["risk"] })).data).toEqual({
    _entities: [{ premium: null, x: "R2" }],
  });
  expect(called).toBe(0);
  expect((await subgraph.ask(query, { scopes: ["pay", "risk"] })).data).toEqual(
    { _entities: [{ premium: "of R2", x: "R2" }] },
  );
});
