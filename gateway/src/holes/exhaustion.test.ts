import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import {
  type GraphPart,
  type Subgraphs,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "../test-graph.ts";

const wide = Array.from({ length: 20 }, (_, n) => n);

const chain: GraphPart = {
  sdl: `
    type Query { item: Item ${wide.map(wideField).join(" ")} }
    type Mutation { bump: Item }
    type Item { name: String next: Item }`,
  resolvers: {
    Query: {
      item: () => item,
      ...Object.fromEntries(wide.map((n) => [`wide${n}`, () => "w"])),
    },
    Mutation: { bump: () => ((bumps += 1), item) },
    Item: { next: () => item },
  },
};
const item = { name: "n" };
let bumps = 0;

const estate = new AsyncDisposableStack();
let subgraphs: Subgraphs;
let gateway: TestGateway;

beforeAll(async () => {
  subgraphs = estate.use(await startSubgraphs({ chain }));
  gateway = estate.use(
    await startTestGateway(composeParts({ chain }, subgraphs.urls), subgraphs),
  );
});

afterAll(() => estate.disposeAsync());

beforeEach(() => void (bumps = 0));

/** Fragments that double at each step: 2^60 selections, which nobody could expand. */
const doubling = [
  ...Array.from(
    { length: 60 },
    (_, n) => `fragment F${n} on Item { ...F${n + 1} ...F${n + 1} }`,
  ),
  "fragment F60 on Item { name }",
].join(" ");

/** The same under fields, so that they become deep too. */
const branching = [
  ...Array.from(
    { length: 60 },
    (_, n) =>
      `fragment F${n} on Item { a: next { ...F${n + 1} } next { ...F${n + 1} } }`,
  ),
  "fragment F60 on Item { name }",
].join(" ");

const hundred = `fragment H on Item { ${"name ".repeat(100)} }`;

test.each([
  ["10,001 tokens", `{ item { ${"name ".repeat(9_997)} } }`, "10000 tokens"],
  [
    "10,001 selections",
    `{ item { ${"...H ".repeat(99)} name } } ${hundred}`,
    "selections come to 10001; the limit is 10000",
  ],
  [
    "fragments that double",
    `{ item { ...F0 } } ${doubling}`,
    "selections come to",
  ],
  [
    "fragments that branch",
    `{ item { ...F0 } } ${branching}`,
    "selections come to",
  ],
  [
    "fragments that double in a mutation",
    `mutation { bump { ...F0 } } ${doubling}`,
    "selections come to",
  ],
  [
    "21 levels",
    `{ item { ${nested(20)} } }`,
    "depth come to 21; the limit is 20",
  ],
  [
    "21 levels through fragments",
    `{ item { next { ...A } } } fragment A on Item { ... { ${nested(19)} } }`,
    "depth come to 21; the limit is 20",
  ],
  [
    "31 root fields",
    `{ ${many(31, (n) => `f${n}: item { name }`)} }`,
    "rootFields come to 31; the limit is 30",
  ],
  [
    "31 root fields through fragments",
    `{ ...A ...B } fragment A on Query { ${many(16, (n) => `a${n}: item { name }`)} } fragment B on Query { ... { ${many(15, (n) => `b${n}: item { name }`)} } }`,
    "rootFields come to 31; the limit is 30",
  ],
  [
    "101 aliases",
    `{ item { ${many(101, (n) => `n${n}: name`)} } }`,
    "aliases come to 101; the limit is 100",
  ],
  [
    "101 aliases through fragments",
    `{ a: item { ...A ...A } } fragment A on Item { ${many(50, (n) => `n${n}: name`)} }`,
    "aliases come to 101; the limit is 100",
  ],
  [
    "fields that have all to be compared",
    `{ item { ${"next { name } ".repeat(2_400)} } }`,
    "Validation aborted",
  ],
  [
    "fragments in a circle",
    "{ item { ...A } } fragment A on Item { ...B } fragment B on Item { ...A }",
    "within itself",
  ],
  [
    "brackets without end",
    `{ item(at: ${"[".repeat(4_900)}${"]".repeat(4_900)}) { name } }`,
    "call stack",
  ],
])(
  "hole 14, GHSA-q2f9-x4p4-7xmh, GHSA-p2q6-pwh5-m6jr, CVE-2024-43414, CVE-2025-32030 to -32034, CVE-2025-32380, CVE-2025-31496: %s are refused before anything is expanded, planned or asked",
  async (_what, query, message) => {
    const { status, errors, asked } = await gateway.ask(query, "");
    expect({ status, asked }).toEqual({ status: 400, asked: [] });
    expect(errors[0]?.message).toContain(message);
    expect(bumps).toBe(0);
    expect(await gateway.ask("{ item { name } }", "")).toMatchObject({
      data: { item },
    });
  },
);

test.each([
  ["10,000 selections", `{ item { ${"...H ".repeat(99)} } } ${hundred}`],
  ["20 levels", `{ item { ${nested(19)} } }`],
  ["30 root fields", `{ ${many(30, (n) => `f${n}: item { name }`)} }`],
  ["100 aliases", `{ item { ${many(100, (n) => `n${n}: name`)} } }`],
])("hole 14: %s are answered", async (_what, query) => {
  expect(await gateway.ask(query, "")).toMatchObject({
    status: 200,
    errors: [],
  });
});

test("hole 14: an operation that 5^20 sets of scopes would open is decided, and told the best of those looked at", async () => {
  const query = `{ ${many(20, (n) => `wide${n}`)} item { name } }`;
  const denied = await gateway.ask(query, "w0-4");
  expect(denied.data).toMatchObject({ wide0: "w", wide1: null, item });
  expect(denied.errors).toHaveLength(19);
  const all = wide.map((n) => `w${n}-0`).join(" ");
  expect((await gateway.ask(query, all)).errors).toEqual([]);
});

test("hole 14: alternatives that multiply by being declared twice are refused at load", async () => {
  const declared = (mark: string, count: number) => ({
    sdl: `type Query { ${mark}: Int shared: Int @shareable @requiresScopes(scopes: ${JSON.stringify(
      Array.from({ length: count }, (_, n) => [`${mark}${n}`]),
    )}) }`,
  });
  const compose = (count: number) =>
    composeParts({ left: declared("l", 8), right: declared("r", count) });
  await expect(startTestGateway(compose(9))).rejects.toThrow(
    "Query.shared: @requiresScopes(scopes:) has 72 alternatives, more than 64",
  );
  await using taken = await startTestGateway(compose(8));
  expect(await taken.ask("{ shared }", "l0")).toMatchObject({
    data: { shared: null },
    errors: [{ extensions: { coordinate: "Query.shared" } }],
  });
});

function wideField(n: number): string {
  const alternatives = [0, 1, 2, 3, 4].map((m) => [`w${n}-${m}`]);
  return `wide${n}: String @requiresScopes(scopes: ${JSON.stringify(alternatives)})`;
}

/** `n` levels below the one it stands at. */
function nested(n: number): string {
  return `${"next { ".repeat(n - 1)}name${" }".repeat(n - 1)}`;
}

function many(count: number, of: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => of(n)).join(" ");
}
