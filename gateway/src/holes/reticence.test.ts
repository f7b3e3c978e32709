import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { GraphQLError } from "graphql";
import {
  type GraphPart,
  type Subgraphs,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "../test-graph.ts";

const vault: GraphPart = {
  sdl: `
    type Query { me: Person broken(of: Kind): Person }
    type Mutation { rename: Person }
    enum Kind { LOUD HUSHED @inaccessible }
    type Person @key(fields: "id") {
      id: ID!
      name: String
      salary: Int @requiresScopes(scopes: [["pay"]])
      socialNumber: String @inaccessible
      must: Int!
    }
    type Ledger @inaccessible { sum: Int }`,
  resolvers: {
    Query: {
      me: () => ({ id: "1", name: "Ada", must: 1 }),
      broken: () => {
        throw new GraphQLError("It broke", {
          extensions: {
            code: "BAD_USER_INPUT",
            serviceName: "vault",
            stacktrace: ["at vault.ts:1"],
          },
        });
      },
    },
  },
};
const archive: GraphPart = {
  sdl: `type Person @key(fields: "id") { id: ID! file: String note: String! }`,
  resolvers: {
    Person: {
      file: () => {
        throw new Error("connect ECONNREFUSED 10.0.0.7:5432");
      },
      note: () => null,
    },
  },
};

const estate = new AsyncDisposableStack();
let subgraphs: Subgraphs;
let gateway: TestGateway;

beforeAll(async () => {
  subgraphs = estate.use(await startSubgraphs({ vault, archive }));
  gateway = estate.use(
    await startTestGateway(
      composeParts({ vault, archive }, subgraphs.urls),
      subgraphs,
      { ANONYMOUS: "allow" },
    ),
  );
});

afterAll(() => estate.disposeAsync());

const inner =
  /vault|archive|serviceName|stacktrace|node_modules|ECONNREFUSED|r7_|_entities|representations|QueryPlan|socialNumber|Ledger|HUSHED|127\.0\.0\.1/;

test.each([
  ["a subgraph's own error", "{ broken { name } }"],
  ["a subgraph's failure, under an alias", "{ a: me { b: name c: file } }"],
  ["what a subgraph left out", "{ a: me { b: note } }"],
  ["what is closed", "{ a: me { b: salary } }"],
  ["a field nobody has", "{ me { socialNumbr } }"],
  ["a hidden field", "{ me { socialNumbe } }"],
  ["a hidden enum value", "{ broken(of: HUSHD) { name } }"],
  ["a type nobody has", "{ me { ... on Ledgr { sum } } }"],
  ["a root field nobody has", "{ mee { name } }"],
  ["an argument nobody has", "{ broken(off: LOUD) { name } }"],
  ["the fields of federation", "{ _servic { sdl } }"],
])(
  "hole 22: %s tells nothing of how the graph is made",
  async (_what, query) => {
    const { errors, text } = await gateway.ask(query, null);
    expect(errors.length).toBeGreaterThan(0);
    expect(text).not.toMatch(inner);
    expect(text).not.toMatch(/did you mean/i);
  },
);

test.each([
  "Apollo-Query-Plan-Experimental",
  "Apollo-Expose-Query-Plan",
  "Apollo-Federation-Include-Trace",
])("hole 22: the header %s tells no plan", async (header) => {
  for (const value of ["1", "true", "ftv1"]) {
    const line = gateway.log.find(({ msg }) => msg === "listening");
    const { url } = line as unknown as { readonly url: string };
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", [header]: value },
      body: JSON.stringify({ query: "{ me { name } }" }),
    });
    expect((await response.text()).trim()).toBe(
      '{"data":{"me":{"name":"Ada"}}}',
    );
  }
});

test("hole 22: introspection shows nothing hidden, and of what is closed only what the caller reaches", async () => {
  const query =
    "{ __schema { types { name fields { name } enumValues { name } } directives { name } } }";
  const { text } = await gateway.ask(query, "");
  expect(text).not.toMatch(
    /socialNumber|Ledger|HUSHED|_Entity|_Service|_Any|join__|requiresScopes|salary/,
  );
  expect((await gateway.ask(query, "pay")).text).toContain("salary");
});

test("hole 22: introspection shows no closed name under an alias, in a fragment or by a variable", async () => {
  for (const query of [
    'query ($n: String = "Person") { ...F } fragment F on Query { a: __type(name: $n) { b: fields { c: name } } }',
    '{ me { name } a: __type(name: "Person") { fields(includeDeprecated: true) { name } } }',
  ]) {
    expect((await gateway.ask(query, "")).text).not.toContain("salary");
    expect((await gateway.ask(query, "pay")).text).toContain("salary");
  }
});
