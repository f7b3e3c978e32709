import { join } from "node:path";
import { composeServices } from "@apollo/composition";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { parse } from "graphql";
import {
  type GraphPart,
  type Subgraphs,
  type TestGateway,
  startSubgraphs,
  startTestGateway,
} from "../test-graph.ts";

const people: GraphPart = {
  sdl: `
    type Query {
      me: Person
      version: String
      vault: Secret @requiresScopes(scopes: [["vault"]])
    }
    type Mutation {
      raise: Person @requiresScopes(scopes: [["raise"]])
      rename: Person
    }
    type Person {
      name: String
      badge: String @authenticated
      pay(in: String): Int @requiresScopes(scopes: [["pay"]])
      key: Secret
      house: String @policy(policies: [["department:safety"]])
    }
    scalar Secret @requiresScopes(scopes: [["secret"]])`,
  resolvers: {
    Query: {
      me: () => ada,
      version: () => "1",
      vault: () => note("Query.vault", "gold"),
    },
    Mutation: {
      raise: () => note("Mutation.raise", ada),
      rename: () => note("Mutation.rename", ada),
    },
    Person: {
      badge: () => note("Person.badge", "b-1"),
      pay: () => note("Person.pay", 90),
      key: () => note("Person.key", "k-1"),
      house: () => note("Person.house", "Ely"),
    },
  },
};
const ada = { name: "Ada" };

/** How a subgraph may link the three directives, and what it calls them then. */
const spellings = [
  ["imported", `import: ["@authenticated", "@requiresScopes", "@policy"]`, {}],
  [
    "renamed by their import",
    `import: [{ name: "@authenticated", as: "@known" }, { name: "@requiresScopes", as: "@scoped" }, { name: "@policy", as: "@ruled" }]`,
    { authenticated: "known", requiresScopes: "scoped", policy: "ruled" },
  ],
  [
    "renamed to each other's names",
    `import: [{ name: "@authenticated", as: "@policy" }, { name: "@requiresScopes", as: "@authenticated" }, { name: "@policy", as: "@requiresScopes" }]`,
    {
      authenticated: "policy",
      requiresScopes: "authenticated",
      policy: "requiresScopes",
    },
  ],
  [
    "in the namespace of federation, without an import",
    `import: []`,
    inNamespace("federation"),
  ],
  ["in a namespace of their own", `as: "fed"`, inNamespace("fed")],
] as const;

const called: string[] = [];
const estate = new AsyncDisposableStack();
let subgraphs: Subgraphs;
let gateway: TestGateway;

beforeAll(async () => {
  subgraphs = estate.use(await startSubgraphs({ people }));
  gateway = await start(spellings[0][1], spellings[0][2]);
});

afterAll(() => estate.disposeAsync());

beforeEach(() => void (called.length = 0));

test.each(spellings)(
  "hole 3, CVE-2025-64347 / GHSA-g8jh-vg5j-4h3f: decisions are the same with the directives %s",
  async (_how, link, names) => {
    const spelled = await start(link, names);
    const query =
      "{ vault me { name badge pay key house } version __typename }";
    expect(await spelled.ask(query, null)).toMatchObject({
      data: {
        vault: null,
        me: { name: "Ada", badge: null, pay: null, key: null, house: null },
        version: "1",
      },
      asked: [{ query: "{me{name}version}" }],
    });
    expect(called).toEqual([]);
    expect(await spelled.ask(query, "vault pay")).toMatchObject({
      data: { vault: null, me: { badge: "b-1", pay: 90, key: null } },
    });
    const all = { scope: "vault pay secret", department: "safety" };
    expect(await spelled.ask(query, all)).toMatchObject({
      data: {
        vault: "gold",
        me: { name: "Ada", badge: "b-1", pay: 90, key: "k-1", house: "Ely" },
      },
      errors: [],
    });
  },
);

test.each([
  ["a harmless name", "{ me { a: pay } }", { me: { a: null } }],
  ["the name of an open field", "{ me { name: pay } }", { me: { name: null } }],
  [
    "swapped names",
    "{ me { name: pay pay: name } }",
    { me: { name: null, pay: "Ada" } },
  ],
  [
    "two names",
    "{ me { a: pay b: pay name } }",
    { me: { a: null, b: null, name: "Ada" } },
  ],
  [
    "names that differ by their arguments",
    `{ me { a: pay(in: "EUR") b: pay(in: "USD") name } }`,
    { me: { a: null, b: null, name: "Ada" } },
  ],
  [
    "a name in a fragment",
    "{ me { ...F } } fragment F on Person { name: pay }",
    { me: { name: null } },
  ],
  [
    "a name in an untyped fragment",
    "{ me { ... { name: pay } } }",
    { me: { name: null } },
  ],
  [
    "a name that a fragment gives to an open field",
    "{ a: me { x: pay } b: me { ...F } } fragment F on Person { x: name }",
    { a: { x: null }, b: { x: "Ada" } },
  ],
  ["the name of a type", "{ me { Person: pay } }", { me: { Person: null } }],
  [
    "the name of a meta field",
    "{ me { __typename: pay } }",
    { me: { __typename: null } },
  ],
  [
    "a name by which its type is closed",
    "{ me { name: key } }",
    { me: { name: null } },
  ],
  [
    "swapped names of root fields",
    "{ version: vault vault: version }",
    { version: null, vault: "1" },
  ],
  ["the name of introspection", "{ __schema: vault }", { __schema: null }],
])(
  "hole 5, wundergraph/cosmo#1815: a closed field is judged by its schema name under %s",
  async (_form, query, data) => {
    const denied = await gateway.ask(query, "");
    expect(denied.data).toEqual(data);
    expect(called).toEqual([]);
    const granted = await gateway.ask(query, "pay secret vault");
    expect(granted.errors).toEqual([]);
    expect(called.length).toBeGreaterThan(0);
  },
);

test("hole 5, wundergraph/cosmo#1815: a mutation is judged by its schema name, and an open one under a closed one's", async () => {
  const query = "mutation { rename: raise { name } raise: rename { name } }";
  expect((await gateway.ask(query, "")).data).toEqual({
    rename: null,
    raise: { name: "Ada" },
  });
  expect(called).toEqual(["Mutation.rename"]);
  await gateway.ask(query, "raise");
  expect(called).toEqual([
    "Mutation.rename",
    "Mutation.raise",
    "Mutation.rename",
  ]);
});

async function start(link: string, names: Names): Promise<TestGateway> {
  const { supergraphSdl, errors } = composeServices([
    {
      name: "people",
      url: subgraphs.urls.get("people") ?? "",
      typeDefs: parse(
        `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", ${link})
        ${spell(people.sdl, names)}`,
      ),
    },
  ]);
  if (!supergraphSdl) throw new Error(errors?.join("\n"));
  return estate.use(
    await startTestGateway(supergraphSdl, subgraphs, {
      ANONYMOUS: "allow",
      POLICY_MODULE: join(import.meta.dirname, "../../../examples/policies.ts"),
    }),
  );
}

type Names = Readonly<Record<string, string>>;

function spell(sdl: string, names: Names): string {
  return sdl.replaceAll(
    /@(\w+)/g,
    (_, name: string) => `@${names[name] ?? name}`,
  );
}

function inNamespace(namespace: string): Names {
  return Object.fromEntries(
    ["authenticated", "requiresScopes", "policy"].map((name) => [
      name,
      `${namespace}__${name}`,
    ]),
  );
}

function note<Value>(coordinate: string, value: Value): Value {
  called.push(coordinate);
  return value;
}
