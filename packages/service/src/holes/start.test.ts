import type { PolicyEntry, PolicyFile } from "@hr/access";
import { expect, test } from "@jest/globals";
import { createLogger } from "../log.ts";
import { startSubgraph } from "../start-subgraph.ts";
import type { SubgraphOptions } from "../subgraph-options.ts";
import { openPolicy, testSubgraph } from "../testing.ts";

const federation = "https://specs.apollo.dev/federation/v2.9";
const body = `
  type Query { open: String mine: String @authenticated sum: Int @requiresScopes(scopes: [["till", "read"], ["audit"]]) row: Row }
  type Row @key(fields: "id") { id: ID! kind: Kind }
  enum Kind { A }`;

test.each([
  ["imported", `import: ["@key", "@authenticated", "@requiresScopes"]`, {}],
  [
    "renamed by their import",
    `import: ["@key", { name: "@authenticated", as: "@known" }, { name: "@requiresScopes", as: "@scoped" }]`,
    { authenticated: "known", requiresScopes: "scoped" },
  ],
  [
    "renamed to each other's names",
    `import: ["@key", { name: "@authenticated", as: "@requiresScopes" }, { name: "@requiresScopes", as: "@authenticated" }]`,
    { authenticated: "requiresScopes", requiresScopes: "authenticated" },
  ],
  [
    "in the namespace of federation, without an import",
    `import: ["@key"]`,
    {
      authenticated: "federation__authenticated",
      requiresScopes: "federation__requiresScopes",
    },
  ],
])(
  "hole 3, CVE-2025-64347 / GHSA-g8jh-vg5j-4h3f: decisions are the same with the directives %s",
  async (_how, link, names: Readonly<Record<string, string>>) => {
    const spelled = body.replaceAll(
      /@(\w+)/g,
      (_, name: string) => `@${names[name] ?? name}`,
    );
    const schema = `extend schema @link(url: "${federation}", ${link}) ${spelled}`;
    const before = sums;
    const subgraph = await testSubgraph(tillOf(schema));
    const query = "{ open mine sum }";
    expect((await subgraph.ask(query, { scopes: ["till"] })).data).toEqual({
      open: "yes",
      mine: "m",
      sum: null,
    });
    expect(sums).toBe(before);
    expect((await subgraph.ask(query, { scopes: ["audit"] })).data).toEqual({
      open: "yes",
      mine: "m",
      sum: 9,
    });
    await subgraph.close();
  },
);

const malformed = [
  ["[]"],
  ["[[]]"],
  ['[[], ["audit"]]'],
  ['["till", "audit"]'],
  ['"audit"'],
  ["null"],
  ['[["audit"], "till"]'],
  ['[["till read"]]'],
  ['[[" audit"]]'],
  ['[[""]]'],
] as const;

test.each(malformed)(
  "hole 8, apollographql/federation#2744: %s in the schema is not public, it keeps the subgraph from starting",
  async (scopes) => {
    const schema = schemaOf(body.replace(written, scopes));
    expect(schema).toContain(`(scopes: ${scopes})`);
    await expect(start(tillOf(schema))).rejects.toThrow("Query.sum");
  },
);

test("hole 14: more than 64 alternatives keep a subgraph from starting", async () => {
  const many = Array.from({ length: 65 }, (_, n) => [`s${n}`]);
  const schemaWith = (alternatives: readonly (readonly string[])[]) =>
    schemaOf(body.replace(written, JSON.stringify(alternatives)));
  await expect(start(tillOf(schemaWith(many)))).rejects.toThrow(
    "Query.sum: @requiresScopes(scopes:) has 65 alternatives, more than 64",
  );
  await start(tillOf(schemaWith(many.slice(1))));
});

test.each([
  [[]],
  [[[]]],
  [[[], ["audit"]]],
  [["till", "audit"]],
  ["audit"],
  [null],
  [[["audit"], "till"]],
  [[[""]]],
  [[[1]]],
])(
  "hole 8, apollographql/federation#2744: %j in the composed policy is not public, it keeps the subgraph from starting",
  async (dnf) => {
    for (const part of ["scopes", "policies"] as const)
      await expect(
        start(
          tillOf(schemaOf(body), {
            "Query.open": { [part]: [dnf] },
          }),
        ),
      ).rejects.toThrow("Query.open");
  },
);

test.each([
  [
    "is defined there instead of linked",
    `extend schema @link(url: "${federation}", import: ["@key", "@authenticated"]) directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION`,
    "@requiresScopes is defined here but not linked",
  ],
  [
    "is used by a schema of Federation 1",
    "directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION directive @authenticated on FIELD_DEFINITION",
    "is defined here but not linked",
  ],
])(
  "hole 9: a rule that %s would compose to nothing, so the subgraph does not start",
  async (_how, head, message) => {
    await expect(start(tillOf(`${head} ${body}`))).rejects.toThrow(message);
  },
);

test.each([
  ["lacks a type", "Row", "Row is not in the composed policy"],
  ["lacks a field", "Row.kind", "Row.kind is not in the composed policy"],
  ["lacks an enum", "Kind", "Kind is not in the composed policy"],
  [
    "lacks a root field",
    "Query.open",
    "Query.open is not in the composed policy",
  ],
])(
  "hole 16: a subgraph does not start with a policy that is outdated: it %s",
  async (_what, coordinate, message) => {
    const options = tillOf(schemaOf(body));
    const { [coordinate]: _lost, ...coordinates } = options.policy.coordinates;
    await expect(
      start({ ...options, policy: { ...options.policy, coordinates } }),
    ).rejects.toThrow(message);
  },
);

test.each([
  ["is missing", undefined],
  ["is empty", {}],
  ["is no object", []],
  ["says nothing of coordinates", { supergraph: "0", subgraph: "till" }],
  ["is another subgraph's", { ...openPolicy("till", body), subgraph: "stock" }],
])(
  "hole 16: a subgraph does not start with a policy that %s",
  async (_what, policy) => {
    const options = tillOf(schemaOf(body));
    await expect(
      start({ ...options, policy: policy as PolicyFile }),
    ).rejects.toThrow(/policy of/);
  },
);

test("hole 16: a subgraph does not start with policies nobody decides", async () => {
  const policies = { "Query.open": { policies: [[["local"]]] } };
  await expect(start(tillOf(schemaOf(body), policies))).rejects.toThrow(
    "Query.open names the policies local, but nobody decides them here",
  );
});

test("hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: what every object inherits is no entry of a policy", async () => {
  for (const name of ["constructor", "toString", "hasOwnProperty"]) {
    const schema = schemaOf(
      `${body} extend type Query { odd: ${name} } type ${name} { sum: Int }`,
    );
    const options = tillOf(schema);
    const { [name]: _lost, ...coordinates } = options.policy.coordinates;
    await expect(
      start({ ...options, policy: { ...options.policy, coordinates } }),
    ).rejects.toThrow(`${name} is not in the composed policy`);
  }
});

test("hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: what every object inherits is no subject of a row", async () => {
  for (const name of ["constructor", "toString", "hasOwnProperty"]) {
    const schema = schemaOf(
      `${body} extend type Query { odd: ${name} @requiresScopes(scopes: [["a"]]) }
      type ${name} @requiresScopes(scopes: [["a"], ["a:self"]]) { sum: Int }`,
    );
    await expect(start(tillOf(schema))).rejects.toThrow(
      `${name} has a :self or :reports alternative`,
    );
  }
});

test("hole 18: a subgraph does not start with an entity whose representation would be believed", async () => {
  const options = tillOf(schemaOf(body));
  for (const resolvers of [{ ...options.resolvers, Row: {} }, { Query: {} }])
    await expect(start({ ...options, resolvers })).rejects.toThrow(
      "Entities without a reference resolver in till: Row",
    );
});

test("hole 19: what another subgraph asks for is asked here too, of a field, a type and an enum", async () => {
  const others = {
    "Query.open": { scopes: [[["stock:open"]]] },
    "Query.sum": { scopes: [[["stock:sum"]]] },
    Row: { authenticated: true, scopes: [[["stock:row"]]] },
    Kind: { scopes: [[["stock:kind"]]] },
  } as const;
  const subgraph = await testSubgraph(tillOf(schemaOf(body), others));
  const ask = async (...scopes: string[]) =>
    (await subgraph.ask("{ open sum row { kind } }", { scopes })).data;
  const before = sums;
  expect(await ask("audit")).toEqual({ open: null, sum: null, row: null });
  expect(await ask("stock:sum", "stock:kind")).toEqual({
    open: null,
    sum: null,
    row: null,
  });
  expect(sums).toBe(before);
  expect(await ask("stock:open", "stock:row")).toEqual({
    open: "yes",
    sum: null,
    row: { kind: null },
  });
  expect(await ask("audit", "stock:sum", "stock:row", "stock:kind")).toEqual({
    open: null,
    sum: 9,
    row: { kind: "A" },
  });
  await subgraph.close();
});

const written = '[["till", "read"], ["audit"]]';
let sums = 0;

function tillOf(
  schema: string,
  others: Readonly<Record<string, PolicyEntry>> = {},
): SubgraphOptions<object> {
  const row = { id: "1", kind: "A" };
  return {
    ...{ name: "till", schema, policy: openPolicy("till", schema, others) },
    resolvers: {
      Query: {
        open: () => "yes",
        mine: () => "m",
        sum: () => ((sums += 1), 9),
        row: () => row,
      },
      Row: { __resolveReference: () => row },
    },
    ...{ subjects: {}, reports: () => Promise.resolve(new Set<string>()) },
    ...{ context: () => ({}), dependencies: {} },
  };
}

function schemaOf(types: string): string {
  return `extend schema @link(url: "${federation}", import: ["@key", "@authenticated", "@requiresScopes"]) ${types}`;
}

/** What comes to stand is taken down again: the test is about what does not. */
async function start(options: SubgraphOptions<object>): Promise<void> {
  const running = await startSubgraph(options, {
    ...{ host: "127.0.0.1", port: 0 },
    gateway: { issuer: "urn:hr:gateway", jwksUri: "http://127.0.0.1:1/jwks" },
    logger: createLogger("till", { write: () => undefined }),
  });
  await running.close();
}
