import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  type GraphPart,
  type TestGraph,
  startTestGraph,
} from "../test-graph.ts";

/** The stock planner joins by `ssn`, and makes `digest` of three comments. */
const people: GraphPart = {
  sdl: `
    type Query { me: Person }
    type Person @key(fields: "ssn") {
      ssn: ID! @inaccessible
      name: String
      comments(limit: Int): [String!]
    }`,
  resolvers: {
    Query: { me: () => ada },
    Person: {
      __resolveReference: () => ada,
      comments: (_: unknown, { limit }: { limit: number }) =>
        ["one", "two", "three", "four"].slice(0, limit),
    },
  },
};
const tax: GraphPart = {
  sdl: `
    type Person @key(fields: "ssn") {
      ssn: ID! @inaccessible
      comments(limit: Int): [String!] @external
      taxStatus: String
      digest: String @requires(fields: "comments(limit: 3)")
    }`,
  resolvers: {
    Person: {
      taxStatus: ({ ssn }: { ssn: string }) => `status of ${ssn.length}`,
      digest: ({ comments }: { comments: readonly string[] }) =>
        comments.join(" "),
    },
  },
};
const ada = { ssn: "078-05-1120", name: "Ada" };

const estate = new AsyncDisposableStack();
let graph: TestGraph;

beforeAll(async () => {
  graph = estate.use(await startTestGraph({ people, tax }));
});

afterAll(() => estate.disposeAsync());

test("hole 20, apollographql/router#6222, apollographql/federation#2276, #2996: an alias that names a hidden field shows its own value, and the join is made by the hidden one", async () => {
  for (const query of [
    "{ me { taxStatus ssn: name } }",
    "{ me { ssn: name taxStatus } }",
    "{ me { ...F taxStatus } } fragment F on Person { ssn: name }",
  ]) {
    const { data, errors, text } = await graph.ask(query, "");
    expect({ data, errors }).toEqual({
      data: { me: { taxStatus: "status of 11", ssn: "Ada" } },
      errors: [],
    });
    expect(text).not.toContain(ada.ssn);
  }
});

test("hole 20, apollographql/router#6222, apollographql/federation#2276, #2996: a client's arguments beside those of @requires change neither", async () => {
  for (const [comments, answered] of [
    ["comments(limit: 1)", ["one"]],
    ["comments(limit: 4)", ["one", "two", "three", "four"]],
    ["comments(limit: 3)", ["one", "two", "three"]],
  ] as const)
    for (const query of [
      `{ me { ${comments} digest } }`,
      `{ me { digest ${comments} } }`,
    ])
      expect(await graph.ask(query, "")).toMatchObject({
        data: { me: { comments: answered, digest: "one two three" } },
        errors: [],
      });
});
