import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import {
  type GraphPart,
  type GraphRequest,
  type TestCaller,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "../test-graph.ts";

const shop: GraphPart = {
  sdl: `
    type Query {
      item: Item
      mine: String @authenticated
      safe: String @policy(policies: [["department:safety"]])
    }
    type Mutation {
      greet: String
      order: Item @requiresScopes(scopes: [["order"]])
      count: Item
      audit: Audit
    }
    type Item {
      name: String
      cost: Int @requiresScopes(scopes: [["cost"], ["cost:self"]])
      margin: Int @requiresScopes(scopes: [["cost", "margin"]])
    }
    type Audit @requiresScopes(scopes: [["audit"]]) { name: String }`,
  resolvers: {
    Query: { item: () => pen, mine: () => "m", safe: () => "s" },
    Mutation: {
      greet: () => note("greet", "hello"),
      order: () => note("order", pen),
      count: () => note("count", pen),
      audit: () => note("audit", pen),
    },
    Item: { cost: () => note("cost", 3), margin: () => note("margin", 2) },
  },
};
const pen = { name: "Pen" };

const called: string[] = [];
const POLICY_MODULE = join(
  import.meta.dirname,
  "../../../examples/policies.ts",
);
const estate = new AsyncDisposableStack();
let gateway: TestGateway;

beforeAll(async () => {
  const subgraphs = estate.use(await startSubgraphs({ shop }));
  gateway = estate.use(
    await startTestGateway(composeParts({ shop }, subgraphs.urls), subgraphs, {
      ANONYMOUS: "allow",
      POLICY_MODULE,
    }),
  );
});

afterAll(() => estate.disposeAsync());

beforeEach(() => void (called.length = 0));

type Asking = readonly [
  who: TestCaller,
  request: GraphRequest,
  item: Readonly<Record<string, unknown>>,
];

const query = (text: string, more: GraphRequest = {}): GraphRequest => ({
  query: text,
  ...more,
});
const cost = query("query Q { item { name cost } }");
const order = query("mutation M { order { name } count { cost } }");
const chosen = "query A { item { cost } } query B { item { name } }";
const conditional =
  "query Q($all: Boolean!) { item { name cost @include(if: $all) } }";
const persisted: GraphRequest = {
  extensions: {
    persistedQuery: {
      version: 1,
      sha256Hash: createHash("sha256")
        .update(cost.query ?? "")
        .digest("hex"),
    },
  },
};

/** Each pair is one document, or two that are easily taken for one. */
const pairs: readonly (readonly [what: string, Asking, Asking])[] = [
  [
    "a query",
    ["cost", cost, { item: { name: "Pen", cost: 3 } }],
    ["", cost, { item: { name: "Pen", cost: null } }],
  ],
  [
    "a query with another alternative",
    ["cost:self", cost, { item: { name: "Pen", cost: 3 } }],
    ["margin", cost, { item: { name: "Pen", cost: null } }],
  ],
  [
    "a query where both hold one of the scopes",
    ["cost margin", query("{ item { margin } }"), { item: { margin: 2 } }],
    ["cost", query("{ item { margin } }"), { item: { margin: null } }],
  ],
  [
    "a mutation",
    ["order cost", order, { order: { name: "Pen" }, count: { cost: 3 } }],
    ["", order, { order: null, count: null }],
  ],
  [
    "a caller without a token",
    ["", query("{ mine }"), { mine: "m" }],
    [null, query("{ mine }"), { mine: null }],
  ],
  [
    "a policy",
    [{ department: "safety" }, query("{ safe }"), { safe: "s" }],
    [{ department: "sales" }, query("{ safe }"), { safe: null }],
  ],
  [
    "two documents with one operation name",
    ["", query("query Q { item { name } }"), { item: { name: "Pen" } }],
    ["", query("query Q { item { name: cost } }"), { item: { name: null } }],
  ],
  [
    "two documents that differ by a fragment",
    [
      "",
      query("query Q { item { ...F } } fragment F on Item { name }"),
      { item: { name: "Pen" } },
    ],
    [
      "",
      query("query Q { item { ...F } } fragment F on Item { cost }"),
      { item: { cost: null } },
    ],
  ],
  [
    "one document with two operations",
    ["", query(chosen, { operationName: "B" }), { item: { name: "Pen" } }],
    ["", query(chosen, { operationName: "A" }), { item: { cost: null } }],
  ],
  [
    "one document under two conditions",
    [
      "",
      query(conditional, { variables: { all: false } }),
      { item: { name: "Pen" } },
    ],
    [
      "",
      query(conditional, { variables: { all: true } }),
      { item: { name: "Pen", cost: null } },
    ],
  ],
  [
    "a document by its hash",
    ["cost", { ...cost, ...persisted }, { item: { name: "Pen", cost: 3 } }],
    ["", { ...cost, ...persisted }, { item: { name: "Pen", cost: null } }],
  ],
];

test.each(
  pairs.flatMap(([what, one, other]) => [
    [what, "the first asks first", [one, other, one]] as const,
    [what, "the second asks first", [other, one, other]] as const,
  ]),
)(
  "hole 6, GHSA-hx78-272p-mqqh: nobody is answered by another caller's decision or plan: %s, %s",
  async (_what, _order, asking) => {
    for (const [who, request, data] of asking) {
      expect((await gateway.post(request, who)).data).toEqual(data);
      expect(called.splice(0)).toEqual(behind(data));
    }
    const together = await Promise.all(
      asking.map(([who, request]) => gateway.post(request, who)),
    );
    expect(together.map((answer) => answer.data)).toEqual(
      asking.map(([, , data]) => data),
    );
    // The same read of the same caller may share a fetch, never that of another.
    expect(new Set(called.splice(0))).toEqual(
      new Set(asking.flatMap(([, , data]) => behind(data))),
    );
  },
);

test("hole 6, GHSA-hx78-272p-mqqh: a hash alone runs what its sender may see", async () => {
  await gateway.post({ ...cost, ...persisted }, "cost");
  expect(await gateway.post(persisted, "")).toMatchObject({
    data: { item: { name: "Pen", cost: null } },
  });
  expect(await gateway.post(persisted, "cost")).toMatchObject({
    data: { item: { name: "Pen", cost: 3 } },
  });
});

test.each([
  [
    "by its own scope",
    "mutation { greet order { name } }",
    ["greet"],
    ["greet", "order"],
  ],
  [
    "under another's alias",
    "mutation { greet: order { name } order: greet }",
    ["greet"],
    ["order", "greet"],
  ],
  [
    "in a fragment",
    "mutation { ...F } fragment F on Mutation { order { name } greet }",
    ["greet"],
    ["order", "greet"],
  ],
  [
    "by the type it returns",
    "mutation { audit { __typename } greet }",
    ["greet"],
    ["audit", "greet"],
  ],
  [
    "by everything selected of its result",
    "mutation { count { cost } greet }",
    ["greet"],
    ["count", "cost", "greet"],
  ],
  ["as a whole", "mutation { order { name } }", [], ["order"]],
  [
    "between two that are open",
    "mutation { a: greet order { name } b: greet }",
    ["greet", "greet"],
    ["greet", "order", "greet"],
  ],
])(
  "hole 12: a mutation that is denied %s is never called",
  async (_how, text, without, withAll) => {
    const denied = await gateway.ask(text, "");
    expect(denied.errors).toHaveLength(1);
    expect(called).toEqual(without);
    expect(denied.asked).toHaveLength(without.length > 0 ? 1 : 0);
    called.length = 0;
    await gateway.ask(text, "order cost audit");
    expect(called).toEqual(withAll);
  },
);

/** The resolvers behind what is not null: no other may have run. */
function behind(data: object): readonly string[] {
  return Object.entries(data).flatMap(([key, value]) => {
    if (value === null) return [];
    const noted = ["order", "count", "cost", "margin"].includes(key);
    const below = typeof value === "object" ? behind(value as object) : [];
    return noted ? [key, ...below] : below;
  });
}

function note<Value>(coordinate: string, value: Value): Value {
  called.push(coordinate);
  return value;
}
