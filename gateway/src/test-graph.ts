import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeServices } from "@apollo/composition";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import type { DecisionEvent } from "@hr/access";
import { type Running, createLogger, sendJson, serve } from "@hr/service";
import {
  type TestClaims,
  type TestIssuer,
  createTestIssuer,
} from "@hr/tokens/testing";
import { type GraphQLFormattedError, parse } from "graphql";
import { readGatewayConfig } from "./config.ts";
import { startGateway } from "./gateway.ts";

/** A subgraph that nobody guards: only the gateway stands between it and the caller. */
export type GraphPart = {
  /** Types alone; the link to federation is put before them. */
  readonly sdl: string;
  readonly resolvers: object;
};

export type AskedOfSubgraph = {
  readonly subgraph: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
};

export type GraphAnswer = {
  readonly status: number;
  readonly data: unknown;
  readonly errors: readonly GraphQLFormattedError[];
  readonly extensions: unknown;
  readonly headers: Headers;
  /** The body as it came, for what a parsed one cannot show. */
  readonly text: string;
  /** What the gateway asked of subgraphs for this request alone. */
  readonly asked: readonly AskedOfSubgraph[];
};

export type GraphRequest = {
  readonly query?: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
};

/** Closes what it opened, and waits for it. */
type Closing = { [Symbol.asyncDispose](): Promise<void> };

export type Subgraphs = {
  readonly urls: ReadonlyMap<string, string>;
  /** Everything asked so far, by the gateway's request id. */
  readonly asked: ReadonlyMap<string, readonly AskedOfSubgraph[]>;
} & Closing;

export type TestGateway = {
  ask(
    query: string,
    caller: TestCaller,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<GraphAnswer>;
  /** The same with everything a request can hold. */
  post(
    request: GraphRequest,
    caller: TestCaller,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphAnswer>;
  /** Replaces the supergraph's file, as a deployment does. */
  deploy(sdl: string): Promise<void>;
  /** Lines of the log, parsed. */
  readonly log: readonly LogLine[];
} & Closing;

/** Scopes, claims of a token, or null: no token. */
export type TestCaller = string | TestClaims | null;

export type LogLine = {
  readonly level: string;
  readonly msg?: string;
  readonly reason?: string;
  readonly event?: string;
  readonly decision?: DecisionEvent;
};

/** The whole of it: subgraphs, and a gateway before them. */
export type TestGraph = TestGateway & { readonly sdl: string };

const audience = "https://graph.example/graphql";
const issuerUrl = "http://localhost:1/issuer";

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@provides", "@external", "@shareable", "@inaccessible", "@authenticated", "@requiresScopes", "@policy"])';

export async function startTestGraph(
  parts: Readonly<Record<string, GraphPart>>,
): Promise<TestGraph> {
  const subgraphs = await startSubgraphs(parts);
  const sdl = composeParts(parts, subgraphs.urls);
  const gateway = await startTestGateway(sdl, subgraphs);
  return {
    ...gateway,
    sdl,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await subgraphs[Symbol.asyncDispose]();
    },
  };
}

/** Composes as it stands; a URL that is missing is one nobody listens at. */
export function composeParts(
  parts: Readonly<Record<string, Pick<GraphPart, "sdl">>>,
  urls: ReadonlyMap<string, string> = new Map(),
): string {
  const result = composeServices(
    Object.entries(parts).map(([name, { sdl }]) => ({
      name,
      url: urls.get(name) ?? "http://127.0.0.1:1/graphql",
      typeDefs: parse(`${link}\n${sdl}`),
    })),
  );
  if (!result.supergraphSdl) throw new Error(String(result.errors));
  return result.supergraphSdl;
}

export async function startSubgraphs(
  parts: Readonly<Record<string, GraphPart>>,
): Promise<Subgraphs> {
  const asked = new Map<string, AskedOfSubgraph[]>();
  const urls = new Map<string, string>();
  const servers: ApolloServer[] = [];
  for (const [name, { sdl, resolvers }] of Object.entries(parts)) {
    const server = new ApolloServer({
      schema: buildSubgraphSchema([
        { typeDefs: parse(`${link}\n${sdl}`), resolvers },
      ] as never),
      includeStacktraceInErrorResponses: false,
      stopOnTerminationSignals: false,
      plugins: [ApolloServerPluginInlineTraceDisabled()],
    });
    const { url } = await startStandaloneServer(server, {
      listen: { port: 0, host: "127.0.0.1" },
      context({ req }) {
        const { body, headers } = req as typeof req & { body: GraphRequest };
        const id = String(headers["x-request-id"]);
        const { query = "", variables = {} } = body;
        const before = asked.get(id) ?? [];
        asked.set(id, [...before, { subgraph: name, query, variables }]);
        return Promise.resolve({});
      },
    });
    servers.push(server);
    urls.set(name, url);
  }
  return {
    urls,
    asked,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/**
 * A gateway as it runs: over HTTP, with tokens of an issuer of its own.
 * @throws whatever keeps a gateway from starting.
 */
export async function startTestGateway(
  sdl: string,
  subgraphs?: Subgraphs,
  env: NodeJS.ProcessEnv = {},
): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), "graph-"));
  const file = join(folder, "supergraph.graphql");
  await writeFile(file, sdl);
  const issuer = await createTestIssuer({ issuer: issuerUrl, audience });
  const keys = await serveKeys(issuer);
  const log: LogLine[] = [];
  const logger = createLogger("gateway", {
    write: (line) => void log.push(JSON.parse(line) as LogLine),
  });
  const clean = async () => {
    await keys.close();
    await rm(folder, { recursive: true });
  };
  const config = readGatewayConfig({
    PORT: "0",
    SUPERGRAPH: file,
    TOKEN_ISSUER: issuerUrl,
    TOKEN_AUDIENCE: audience,
    TOKEN_JWKS_URI: `${keys.url}/jwks`,
    GATEWAY_KEYS_FILE: join(folder, "keys.json"),
    JWKS_SNAPSHOT_FILE: join(folder, "snapshot.json"),
    DENYLIST_URL: "none",
    ...env,
  });
  const running = await startGateway(config, logger).catch(
    async (error: unknown) => {
      await clean();
      throw error;
    },
  );
  const post = client(running, issuer, subgraphs);
  return {
    post,
    ask: (query, caller, variables) =>
      post({ query, ...(variables && { variables }) }, caller),
    deploy: (text) => writeFile(file, text),
    log,
    async [Symbol.asyncDispose]() {
      await running.close();
      await clean();
    },
  };
}

function serveKeys(issuer: TestIssuer): Promise<Running> {
  return serve({
    name: "issuer",
    host: "127.0.0.1",
    port: 0,
    logger: createLogger("issuer", { write: () => undefined }),
    dependencies: {},
    routes: [
      {
        method: "GET",
        path: "/jwks",
        handle: (_request, response) => sendJson(response, 200, issuer.jwks),
      },
    ],
  });
}

let requests = 0;

function client(
  gateway: Running,
  issuer: TestIssuer,
  subgraphs?: Subgraphs,
): TestGateway["post"] {
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (caller: string | TestClaims) => {
    const claims = typeof caller === "string" ? { scope: caller } : caller;
    const key = JSON.stringify(claims);
    const token = tokens.get(key) ?? issuer.accessToken(claims);
    tokens.set(key, token);
    return token;
  };
  return async (request, caller, headers = {}) => {
    const id = `ask-${(requests += 1)}`;
    const response = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(caller !== null && {
          authorization: `Bearer ${await tokenOf(caller)}`,
        }),
        "x-request-id": id,
        ...headers,
      },
      body: JSON.stringify(request),
    });
    const text = (await response.text()).trimEnd();
    const body = JSON.parse(text) as Partial<GraphAnswer>;
    return {
      status: response.status,
      data: body.data,
      errors: body.errors ?? [],
      extensions: body.extensions,
      headers: response.headers,
      text,
      asked: subgraphs?.asked.get(id) ?? [],
    };
  };
}
