import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { Supergraph } from "@apollo/federation-internals";
import { ApolloServer } from "@apollo/server";
import { allScopes } from "@hr/access";
import {
  afterAll,
  beforeAll,
  describe,
  expect,
  jest,
  test,
} from "@jest/globals";
import fc from "fast-check";
import type { GraphQLSchema } from "graphql";
import { composed } from "./compiled/test-arena.ts";
import { nastyParts } from "./compiled/test-nasty-graph.ts";
import { randomOperations } from "./compiled/test-operations.ts";
import { fakeSubgraphs } from "./compiled/test-subgraphs.ts";
import { settingName } from "./config.ts";
import type { GatewayContext } from "./forward.ts";
import { readSupergraph } from "./supergraph.ts";
import {
  type GraphAnswer,
  type GraphRequest,
  type TestCaller,
  type TestGateway,
  startTestGateway,
} from "./test-graph.ts";

const ours = join(import.meta.dirname, "../../gateway/supergraph.graphql");
const callers: readonly TestCaller[] = [
  allScopes.join(" "),
  "employee:read leave:calendar:read",
  null,
];

let spy: jest.SpiedFunction<ApolloServer["executeHTTPGraphQLRequest"]>;

beforeAll(() => {
  spy = jest.spyOn(ApolloServer.prototype, "executeHTTPGraphQLRequest");
});

afterAll(() => spy.mockRestore());

const settings: readonly (readonly [string, number, NodeJS.ProcessEnv])[] = [
  ["our own graph", 80, {}],
  ["our own graph, refusing", 40, { AUTHORIZATION_MODE: "reject" }],
  ["mutations refused as a whole", 40, { AUTHORIZATION_MUTATIONS: "reject" }],
  ["our own graph in a dry run", 40, { AUTHORIZATION_MODE: "dry-run" }],
  ["our own graph, reticent", 40, { ERRORS_DETAIL: "minimal" }],
  ["a nasty graph in trouble", 150, {}],
];

describe.each(settings)("%s, %d operations", (which, runs, env) => {
  const stack = new AsyncDisposableStack();
  let graph: Graph;

  beforeAll(async () => {
    const sdl = which.startsWith("a nasty")
      ? composed(nastyParts)
      : await readFile(ours, "utf8");
    graph = stack.use(await openGraph(sdl, env));
  });

  afterAll(() => stack.disposeAsync());

  test("are answered by the same bytes cold, warm and with the prepared path off", async () => {
    await fc.assert(
      fc.asyncProperty(
        randomOperations(graph.schema),
        fc.constantFrom(...callers),
        ({ source: query, variables }, caller) =>
          graph.agree({ query, variables }, caller),
      ),
      { numRuns: runs, seed: 3 },
    );
    const { warm, passedBy } = graph.count();
    expect(warm).toBeGreaterThan(runs / 5);
    expect(passedBy).toBe(warm);
  });
});

describe("what a request may look like", () => {
  const stack = new AsyncDisposableStack();
  const query = "query Pen($n: Int!) { reviews(n: $n) { stars } }";
  const variables = { n: 2 };
  const both = `${query} query Ink { one { id } }`;
  const persistedQuery = {
    version: 1,
    sha256Hash: createHash("sha256").update(query).digest("hex"),
  };
  let graph: Graph;

  beforeAll(async () => {
    graph = stack.use(await openGraph(composed(nastyParts), {}));
  });

  afterAll(() => stack.disposeAsync());

  test.each<[string, object, boolean]>([
    ["variables", { query, variables }, true],
    ["variables of another value", { query, variables: { n: 3 } }, true],
    ["variables that do not fit", { query, variables: { n: "x" } }, false],
    ["no variables", { query }, false],
    ["variables as null", { query: "{ one { id } }", variables: null }, true],
    ["variables as a list", { query, variables: [2] }, false],
    ["variables as text", { query, variables: "{}" }, false],
    ["an operation name", { query, variables, operationName: "Pen" }, true],
    [
      "one of two names",
      { query: both, variables, operationName: "Pen" },
      true,
    ],
    ["the other name", { query: both, operationName: "Ink" }, true],
    ["no name for two", { query: both, variables }, false],
    ["a name that is none", { query, variables, operationName: "Ink" }, false],
    ["an empty name", { query, variables, operationName: "" }, false],
    ["a name as a number", { query, variables, operationName: 1 }, false],
    ["a name as null", { query, variables, operationName: null }, true],
    ["other extensions", { query, variables, extensions: { a: 1 } }, true],
    ["extensions as text", { query, variables, extensions: "{}" }, false],
    ["members nobody knows", { query, variables, more: 1 }, true],
    ["no query", { variables }, false],
    ["a query as a number", { query: 1 }, false],
    ["a list of requests", [{ query, variables }], false],
    ["a document that is none", { query: "{" }, false],
    ["a field that is none", { query: "{ none }" }, false],
    ["introspection", { query: "{ __schema { queryType { name } } }" }, false],
    ["nothing but a name of a type", { query: "{ __typename }" }, true],
    ["a hash nobody registered", persisted("ab"), false],
    [
      "a hash with its text",
      { query, variables, extensions: { persistedQuery } },
      false,
    ],
    ["the hash alone", { variables, extensions: { persistedQuery } }, true],
    [
      "the hash of another text",
      { query: "{ one { id } }", extensions: { persistedQuery } },
      false,
    ],
    ["the hash as a text", { query: `#${persistedQuery.sha256Hash}` }, false],
    ["the name within the text", { query: `3:Pen${query}`, variables }, false],
  ])("%s", async (_what, body, isPrepared) => {
    const before = graph.count();
    await graph.agree(body, "a");
    const after = graph.count();
    expect(after.passedBy - before.passedBy).toBe(isPrepared ? 1 : 0);
  });

  test.each([
    ["nothing", undefined, true],
    ["anything", "*/*", true],
    ["JSON", "application/json", true],
    ["GraphQL's own type", "application/graphql-response+json", true],
    [
      "GraphQL's own type first",
      "application/graphql-response+json, application/json;q=0.9",
      true,
    ],
    ["HTML alone", "text/html", false],
    [
      "an incremental answer",
      "multipart/mixed; deferSpec=20220824, application/json",
      true,
    ],
  ])("a client that accepts %s", async (_what, accept, isPrepared) => {
    const before = graph.count();
    await graph.agree(
      { query, variables },
      "a",
      accept === undefined ? {} : { accept },
    );
    const after = graph.count();
    expect(after.passedBy - before.passedBy).toBe(isPrepared ? 1 : 0);
  });

  test.each([
    ["as text", { "content-type": "text/plain" }],
    ["as a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["as JSON of some kind", { "content-type": "application/json; a=b" }],
    ["as malformed JSON", { "content-type": "application/json;" }],
  ])(
    "a body sent %s goes to Apollo Server or is refused",
    async (_what, headers) => {
      const before = graph.count();
      await graph.agree({ query, variables }, "a", headers);
      expect(graph.count().passedBy).toBe(before.passedBy);
    },
  );

  function persisted(sha256Hash: string) {
    return { extensions: { persistedQuery: { version: 1, sha256Hash } } };
  }
});

type Graph = AsyncDisposable & {
  readonly schema: GraphQLSchema;
  /** Sends it twice to a gateway, then to one without a prepared path, and compares. */
  agree(body: unknown, caller: TestCaller, headers?: Headers): Promise<void>;
  /** Answers that can be prepared, and those that passed Apollo Server by. */
  count(): { readonly warm: number; readonly passedBy: number };
};

type Headers = Readonly<Record<string, string>>;

async function openGraph(sdl: string, env: NodeJS.ProcessEnv): Promise<Graph> {
  const stack = new AsyncDisposableStack();
  const { runnable, subgraphs } = readSupergraph(sdl);
  const supergraph = Supergraph.build(runnable);
  const url = stack.use(await serveFakes(supergraph)).url;
  const settings: NodeJS.ProcessEnv = { ...env, ANONYMOUS: "allow" };
  for (const { name } of subgraphs)
    settings[`SUBGRAPH_URL_${settingName(name)}`] = `${url}/${name}`;
  const on = stack.use(await startTestGateway(sdl, undefined, settings));
  const off = stack.use(
    await startTestGateway(sdl, undefined, {
      ...settings,
      PREPARED_PATH: "off",
    }),
  );
  const count = { warm: 0, passedBy: 0 };
  return {
    schema: supergraph.apiSchema().toGraphQLJSSchema(),
    async agree(body, caller, headers = {}) {
      const ask = async (gateway: TestGateway) => {
        const before = spy.mock.calls.length;
        const answer = await gateway.post(
          body as GraphRequest,
          caller,
          headers,
        );
        return { sent: sent(answer), apollo: spy.mock.calls.length - before };
      };
      const cold = await ask(on);
      const warm = await ask(on);
      const reference = await ask(off);
      expect(warm.sent).toEqual(cold.sent);
      expect(reference.sent).toEqual(cold.sent);
      if (cold.sent.status === 200 && cold.sent.text.includes('"data":'))
        count.warm += 1;
      if (warm.apollo === 0 && reference.apollo === 1) count.passedBy += 1;
    },
    count: () => ({ ...count }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** All that a client gets, but for what is of the moment. */
function sent({ status, headers, text }: GraphAnswer) {
  const {
    date: _date,
    "x-request-id": _id,
    ...rest
  } = Object.fromEntries(headers);
  return { status, headers: rest, text };
}

async function serveFakes(supergraph: Supergraph) {
  const post = fakeSubgraphs(supergraph, { nulls: 8, errors: 4 });
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const name = request.url?.slice(1) ?? "";
      const answer = await post(name)(body, true, {} as GatewayContext);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answer));
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, "close");
    },
  };
}
