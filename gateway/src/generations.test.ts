import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginUsageReportingDisabled } from "@apollo/server/plugin/disabled";
import { anonymous } from "@hr/access";
import { createDecisionLog, createLogger } from "@hr/service";
import {
  type InternalMint,
  createInternalMint,
  openInternalKeys,
} from "@hr/tokens";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from "@jest/globals";
import type { GatewayContext } from "./forward.ts";
import { standardCost, standardLimits } from "./limits.ts";
import { createGatewayMetrics } from "./gateway-metrics.ts";
import { createGenerations } from "./generations.ts";
import {
  type GraphPart,
  type Subgraphs,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "./test-graph.ts";

/** As it runs, whatever of it is composed. */
const till: GraphPart = {
  sdl: `
    type Query { item: Item slow: Item }
    type Mutation { sell: Item slowly: Item }
    type Item @key(fields: "id") { id: ID! name: String cost: Int margin: Int }`,
  resolvers: {
    Query: { item: () => pen, slow: () => held("slow") },
    Mutation: { sell: () => written("sell"), slowly: () => held("slowly") },
    Item: { __resolveReference: () => pen },
  },
};

/** Another answer to the same question: who was asked shows in the answer. */
const books: GraphPart = {
  sdl: `type Item @key(fields: "id") { id: ID! cost: Int margin: Int }`,
  resolvers: {
    Item: { __resolveReference: () => ({ id: "1", cost: 30, margin: 20 }) },
  },
};

const estate = new AsyncDisposableStack();
let subgraphs: Subgraphs;
let mint: InternalMint;
let first: string;
let stricter: string;
let moved: string;

beforeAll(async () => {
  subgraphs = estate.use(await startSubgraphs({ till, books }));
  const folder = await mkdtemp(join(tmpdir(), "generations-"));
  estate.defer(() => rm(folder, { recursive: true }));
  const keys = await openInternalKeys(join(folder, "keys.json"), {
    create: true,
  });
  mint = createInternalMint({ issuer: "urn:hr:gateway", keys });
  first = composed({ cost: "cost", sell: "sell" });
  stricter = composed({ cost: "audit", sell: "manage" });
  moved = composed({ cost: "audit", sell: "manage", inBooks: true });
});

afterAll(() => estate.disposeAsync());

let writes: string[] = [];
let gate = createGate();
let stop: jest.SpiedFunction<typeof ApolloGateway.prototype.stop>;

beforeEach(() => {
  writes = [];
  gate = createGate();
  stop = jest.spyOn(ApolloGateway.prototype, "stop");
});

afterEach(() => stop.mockRestore());

const item = "query Q { item { name cost margin } }";
const sell = "mutation M { sell { name } }";
const seen = { item: { name: "Pen", cost: 3, margin: 2 } };
const unseen = { item: { name: "Pen", cost: null, margin: null } };

describe("hole 7: a change of scopes alone takes effect with the update", () => {
  test.each([
    ["a query", item, "cost", "audit", seen, unseen],
    [
      "a mutation",
      sell,
      "sell",
      "manage",
      { sell: { name: "Pen" } },
      { sell: null },
    ],
  ])("for %s, and back", async (_what, query, old, now, granted, denied) => {
    await using gateway = await startServer(first);
    for (const [sdl, who, other] of [
      [first, old, now],
      [stricter, now, old],
      [first, old, now],
    ] as const) {
      await gateway.update(sdl);
      expect(await gateway.ask(query, who)).toEqual(granted);
      expect(await gateway.ask(query, other)).toEqual(denied);
    }
    expect(writes).toEqual(query === sell ? Array(3).fill("sell") : []);
  });

  test("and the same text again is no change", async () => {
    await using gateway = await startServer(first);
    const before = gateway.generations.current();
    await gateway.update(first);
    expect(gateway.generations.current()).toBe(before);
  });
});

describe("hole 23: a request that is validated before an update and runs after it", () => {
  test.each([
    ["as it is granted there", item, "cost", seen, 1],
    ["as it is denied there", item, "audit", unseen, 1],
    ["granted, a mutation", sell, "sell", { sell: { name: "Pen" } }, 1],
    ["denied, a mutation", sell, "manage", { sell: null }, 0],
  ])(
    "is decided and planned by its own generation: %s",
    async (_what, query, scopes, data, calls) => {
      await using gateway = await startServer(first);
      gateway.hold(gate);
      const before = countOf("books");
      const answer = gateway.ask(query, scopes);
      await gate.reached;
      await gateway.update(moved);
      gate.open();
      expect(await answer).toEqual(data);
      expect(countOf("books")).toBe(before);
      expect(writes).toHaveLength(query === sell ? calls : 0);
    },
  );

  test("while one that comes later belongs to the new one", async () => {
    await using gateway = await startServer(first);
    gateway.hold(gate);
    const old = gateway.ask(item, "cost");
    await gate.reached;
    await gateway.update(moved);
    expect(await gateway.ask(item, "cost")).toEqual(unseen);
    expect(await gateway.ask(item, "audit")).toEqual({
      item: { name: "Pen", cost: 30, margin: 20 },
    });
    gate.open();
    expect(await old).toEqual(seen);
  });

  test("is answered although its field is gone", async () => {
    await using gateway = await startServer(first);
    gateway.hold(gate);
    const answer = gateway.ask(item, "cost");
    await gate.reached;
    await gateway.update(composed({ cost: null, sell: "sell" }));
    gate.open();
    expect(await answer).toEqual(seen);
  });

  test("and whose schema is of no generation is not run", async () => {
    await using gateway = await startServer(first);
    const { executor } = await gateway.generations.gateway.load({} as never);
    await expect(executor?.({ schema: {} } as never)).rejects.toThrow(
      "no generation",
    );
  });
});

describe("hole 23: a request that is under way while two updates come", () => {
  test("ends by the plan it began with, and its generation is stopped then and not before", async () => {
    await using gateway = await startServer(moved);
    const answer = gateway.ask("{ slow { name cost margin } }", "audit");
    await gate.reached;
    await gateway.update(first);
    await gateway.update(stricter);
    expect(stop.mock.contexts).toHaveLength(1);
    gate.open();
    expect(await answer).toEqual({
      slow: { name: "Pen", cost: 30, margin: 20 },
    });
    expect(new Set(stop.mock.contexts).size).toBe(2);
    expect(await gateway.ask(item, "audit")).toEqual(seen);
  });

  test("is not run again when it is a mutation", async () => {
    await using gateway = await startServer(first);
    const answer = gateway.ask("mutation { slowly { name cost } }", "cost");
    await gate.reached;
    await gateway.update(moved);
    await gateway.update(stricter);
    gate.open();
    expect(await answer).toEqual({ slowly: { name: "Pen", cost: 3 } });
    expect(writes).toEqual(["slowly"]);
  });

  test("keeps its generation until the last of them has ended", async () => {
    await using gateway = await startServer(first);
    const slow = gateway.ask("{ slow { cost } }", "cost");
    await gate.reached;
    const other = createGate();
    gateway.hold(other);
    const late = gateway.ask(item, "cost");
    await other.reached;
    await gateway.update(moved);
    other.open();
    expect(await late).toEqual(seen);
    expect(stop).not.toHaveBeenCalled();
    gate.open();
    expect(await slow).toEqual({ slow: { cost: 3 } });
    expect(stop).toHaveBeenCalledTimes(1);
  });
});

test("hole 6, GHSA-hx78-272p-mqqh: fifty callers at once, through two updates, each get what is theirs in one generation", async () => {
  await using gateway = await startServer(first);
  const callers = Array.from({ length: 50 }, (_, n) => ({
    query: n % 5 === 0 ? sell : item,
    scopes: ["cost sell", "", "audit manage", "cost", "manage"][n % 7] ?? "",
  }));
  const asked = callers.map(async ({ query, scopes }, n) => {
    if (n === 15) await gateway.update(moved);
    if (n === 30) await gateway.update(stricter);
    return { scopes, data: await gateway.ask(query, scopes) };
  });
  const answers = await Promise.all(asked);
  for (const { scopes, data } of answers) {
    const held = scopes.split(" ");
    const may = (old: string, now: string) =>
      held.includes(old) || held.includes(now);
    const granted = may("sell", "manage") ? [{ sell: { name: "Pen" } }] : [];
    const costs = may("cost", "audit")
      ? [seen, { item: { name: "Pen", cost: 30, margin: 20 } }]
      : [];
    expect([unseen, { sell: null }, ...granted, ...costs]).toContainEqual(data);
  }
  const sold = answers.filter(({ data }) => isSold(data));
  expect(writes).toHaveLength(sold.length);
  expect(await gateway.ask(item, "cost")).toEqual(unseen);
  expect(await gateway.ask(item, "audit")).toEqual(seen);
});

const scopesLink =
  '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)';

/** Each a text that must not come into force, and what is said of it. */
const unusable: readonly (readonly [
  what: string,
  make: (sdl: string) => string,
  reason: string,
])[] = [
  ["what is no GraphQL", () => "type {", "it is no GraphQL SDL"],
  ["a plain schema", () => "type Query { item: Int }", "join__Graph"],
  [
    "malformed scopes",
    (sdl) => sdl.replaceAll('[["cost"]]', "[[]]"),
    "Item.cost: @requiresScopes(scopes:) must be a list of lists",
  ],
  [
    "scopes that are none at all",
    (sdl) => sdl.replaceAll('scopes: [["sell"]]', "scopes: null"),
    "Mutation.sell: @requiresScopes(scopes:) must be a list of lists",
  ],
  [
    "a scope no token can carry",
    (sdl) => sdl.replaceAll('[["cost"]]', '[["a b"]]'),
    'Item.cost: @requiresScopes(scopes:) holds "a b"',
  ],
  [
    "a protection nobody understands",
    (sdl) =>
      sdl.replace(
        scopesLink,
        `${scopesLink} @link(url: "https://rules.example/embargo/v1.0", for: SECURITY)`,
      ),
    "https://rules.example/embargo: it is for security",
  ],
  [
    "another version of the rules",
    (sdl) => sdl.replace("requiresScopes/v0.1", "requiresScopes/v0.2"),
    "requiresScopes/v0.2: only v0.1",
  ],
  [
    "a rule that is only called so",
    (sdl) => sdl.replace(scopesLink, ""),
    "@requiresScopes is defined here but not linked",
  ],
  [
    "what the planner cannot take",
    (sdl) => sdl.replace("/join/v0.5", "/join/v9.9"),
    "join",
  ],
];

describe("hole 8, apollographql/federation#2744: a supergraph that is not usable", () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = estate.use(await startTestGateway(first, subgraphs));
  });

  test.each(unusable)(
    "does not start a gateway: %s",
    async (_what, make, reason) => {
      await expect(startTestGateway(make(first), subgraphs)).rejects.toThrow(
        reason,
      );
    },
  );

  test.each(unusable)(
    "is logged, and the last good rules stay: %s",
    async (_what, make, reason) => {
      const said = gateway.log.length;
      await gateway.deploy(make(first));
      await eventually(() =>
        expect(JSON.stringify(gateway.log.slice(said))).toContain(
          JSON.stringify(reason).slice(1, -1),
        ),
      );
      expect((await gateway.ask(item, "audit")).data).toEqual(unseen);
      expect((await gateway.ask(item, "cost")).data).toEqual(seen);
      expect((await gateway.ask(sell, "cost")).data).toEqual({ sell: null });
      expect(writes).toEqual([]);
    },
  );

  test("does not start a gateway or change one when it is an empty file", async () => {
    await expect(startTestGateway("", subgraphs)).rejects.toThrow(
      "it is no GraphQL SDL",
    );
    await gateway.deploy("");
    await using other = await startServer(first);
    await expect(other.update("")).rejects.toThrow("it is no GraphQL SDL");
    expect(await other.ask(item, "audit")).toEqual(unseen);
    expect((await gateway.ask(item, "audit")).data).toEqual(unseen);
    expect((await gateway.ask(item, "cost")).data).toEqual(seen);
  });

  test("does not keep the next good one from coming into force", async () => {
    await gateway.deploy(stricter);
    await eventually(async () =>
      expect((await gateway.ask(item, "audit")).data).toEqual(seen),
    );
    expect((await gateway.ask(item, "cost")).data).toEqual(unseen);
  });
});

const pen = { id: "1", name: "Pen", cost: 3, margin: 2 };

type Shape = {
  /** Null: the field is gone. */
  readonly cost: string | null;
  readonly sell: string;
  readonly inBooks?: boolean;
};

function composed({ cost, sell, inBooks = false }: Shape): string {
  const rule = (scope: string) => `@requiresScopes(scopes: [["${scope}"]])`;
  const costs = cost && `cost: Int ${rule(cost)} margin: Int ${rule(cost)}`;
  const item = (fields: string) =>
    `type Item @key(fields: "id") { id: ID! ${fields} }`;
  const parts = {
    till: {
      sdl: `
        type Query { item: Item slow: Item }
        type Mutation { sell: Item ${rule(sell)} slowly: Item }
        ${item(`name: String ${inBooks ? "" : (costs ?? "")}`)}`,
    },
    ...(inBooks && { books: { sdl: item(costs ?? "") } }),
  };
  return composeParts(parts, subgraphs.urls);
}

type Gate = ReturnType<typeof createGate>;

/** Holds whoever comes until it is opened. */
function createGate() {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    pass() {
      reached.resolve();
      return opened.promise;
    },
  };
}

async function held(field: "slow" | "slowly") {
  if (field === "slowly") written(field);
  await gate.pass();
  return pen;
}

function written(field: string) {
  writes.push(field);
  return pen;
}

/** Generations under the server that uses them, which can be held after validation. */
async function startServer(sdl: string) {
  const logger = createLogger("gateway", { write: () => undefined });
  const generations = await createGenerations({
    ...{ sdl, logger, metrics: createGatewayMetrics({ isDryRun: false }) },
    enforcement: {
      ...{ mode: "filter", mutations: "filter", detail: "full" },
      ...{ introspection: "scoped", anonymousIntrospection: true },
      ...{
        policies: undefined,
        vocabulary: undefined,
        cost: standardCost,
        limits: standardLimits,
      },
      variableDepth: 30,
      stepUps: new Map(),
      logger,
      challenge: () => "",
      decisions: createDecisionLog({ logger }),
    },
    forward: (subgraph) => ({ subgraph, mint, logger, claims: new Set() }),
  });
  let holding: Gate | undefined;
  const server = new ApolloServer<GatewayContext>({
    gateway: generations.gateway,
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginUsageReportingDisabled(),
      {
        requestDidStart: () =>
          Promise.resolve({
            async didResolveOperation() {
              const present = holding;
              holding = undefined;
              await present?.pass();
            },
          }),
      },
    ],
  });
  await server.start();
  return {
    generations,
    update: (next: string) => generations.update(next),
    /** The next request alone is held. */
    hold: (next: Gate) => void (holding = next),
    ask: (query: string, scopes: string) => askServer(server, query, scopes),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function askServer(
  server: ApolloServer<GatewayContext>,
  query: string,
  scopes: string,
): Promise<unknown> {
  const contextValue: GatewayContext = {
    principal: {
      ...anonymous,
      ...{ kind: "person", subject: "usr_a", clientId: "app" },
      scopes: new Set(scopes.split(" ")),
      expiresAt: 4_102_444_800,
    },
    requestId: "generations",
    acceptLanguage: undefined,
    signal: new AbortController().signal,
    reportsCost: false,
    memory: {},
  };
  const { body } = await server.executeOperation({ query }, { contextValue });
  if (body.kind !== "single") throw new Error("The answer came in parts");
  const text = JSON.stringify(body.singleResult.data);
  return text === undefined ? body.singleResult.errors : JSON.parse(text);
}

function countOf(subgraph: string): number {
  return [...subgraphs.asked.values()]
    .flat()
    .filter((asked) => asked.subgraph === subgraph).length;
}

function isSold(data: unknown): boolean {
  return (data as { sell?: unknown }).sell != null;
}

/** A file is looked at now and then: what is deployed takes a moment. */
async function eventually(check: () => void | Promise<void>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      return await check();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await check();
}
