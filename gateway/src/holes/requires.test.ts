import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import {
  type GraphPart,
  type TestGraph,
  startTestGraph,
} from "../test-graph.ts";

/** `premium` reads `riskClass`, and `gift` reads `premium`. */
const people: GraphPart = {
  sdl: `
    type Query { me: Person people: [Person!] }
    type Person @key(fields: "id") {
      id: ID!
      name: String
      riskClass: String @requiresScopes(scopes: [["risk"]])
      level: String
    }`,
  resolvers: {
    Query: { me: () => ada, people: () => [ada] },
    Person: { riskClass: () => note("riskClass", "R2") },
  },
};
const pay: GraphPart = {
  sdl: `
    type Person @key(fields: "id") {
      id: ID!
      riskClass: String @external
      level: String @external
      premium: String @requires(fields: "riskClass") @requiresScopes(scopes: [["pay", "risk"], ["risk", "audit"]])
      grade: String @requires(fields: "level") @requiresScopes(scopes: [["grade"]])
    }`,
  resolvers: {
    Person: {
      premium: ({ riskClass }: Given) => note("premium", `of ${riskClass}`),
      grade: ({ level }: Given) => note("grade", `of ${level}`),
    },
  },
};
const perks: GraphPart = {
  sdl: `
    type Person @key(fields: "id") {
      id: ID!
      premium: String @external
      gift: String @requires(fields: "premium") @requiresScopes(scopes: [["gift", "risk", "pay"], ["gift", "risk", "audit"]])
    }`,
  resolvers: {
    Person: { gift: ({ premium }: Given) => note("gift", `for ${premium}`) },
  },
};
const ada = { id: "1", name: "Ada", level: "L1" };

type Given = Readonly<Record<string, string>>;

const called: string[] = [];
let graph: TestGraph;

beforeAll(async () => {
  graph = await startTestGraph({ people, pay, perks });
});

afterAll(() => graph[Symbol.asyncDispose]());

beforeEach(() => void (called.length = 0));

test.each([
  [
    "a closed field",
    "premium",
    "pay",
    "pay risk",
    "of R2",
    ["riskClass", "premium"],
  ],
  [
    "a closed field, by another alternative",
    "premium",
    "audit",
    "audit risk",
    "of R2",
    ["riskClass", "premium"],
  ],
  ["an open field", "grade", "risk", "grade", "of L1", ["grade"]],
  [
    "a chain of closed fields",
    "gift",
    "gift risk",
    "gift pay risk",
    "for of R2",
    ["riskClass", "premium", "gift"],
  ],
  [
    "a chain whose start is closed",
    "gift",
    "gift pay",
    "gift pay risk",
    "for of R2",
    ["riskClass", "premium", "gift"],
  ],
])(
  "hole 4, GHSA-m8jr-fxqx-8xx6: who may not read what @requires %s fetches nothing of it",
  async (_what, field, without, withAll, value, all) => {
    for (const root of ["me", "people"]) {
      const query = `{ ${root} { name x: ${field} } }`;
      const denied = await graph.ask(query, without);
      expect(denied.errors).toMatchObject([
        { path: [root, "x"], extensions: { coordinate: `Person.${field}` } },
      ]);
      expect(called).toEqual([]);
      expect(denied.asked.map(({ query: sent }) => sent)).toEqual([
        `{${root}{name}}`,
      ]);
    }
    const granted = await graph.ask(`{ me { name x: ${field} } }`, withAll);
    expect(granted).toMatchObject({
      data: { me: { name: "Ada", x: value } },
      errors: [],
    });
    expect(called).toEqual(all);
  },
);

test("hole 4, GHSA-m8jr-fxqx-8xx6: a reader beside what it reads is judged apart from it", async () => {
  const query = "{ me { riskClass premium gift grade } }";
  expect((await graph.ask(query, "risk")).data).toEqual({
    me: { riskClass: "R2", premium: null, gift: null, grade: null },
  });
  expect((await graph.ask(query, "grade pay gift")).data).toEqual({
    me: { riskClass: null, premium: null, gift: null, grade: "of L1" },
  });
  expect(called).toEqual(["riskClass", "grade"]);
});

function note<Value>(name: string, value: Value): Value {
  called.push(name);
  return value;
}
