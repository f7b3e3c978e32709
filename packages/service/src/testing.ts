import { createTestMint } from "@hr/tokens/testing";
import { pino } from "pino";
import { sendJson, serve } from "./serve.ts";
import { type SubgraphPlace, startSubgraph } from "./start-subgraph.ts";
import type { SubgraphOptions } from "./subgraph-options.ts";

export { guardSubgraph } from "./guarded-subgraph.ts";
export { openPolicy } from "./test-policy.ts";

/** Whom a test speaks for; null sends no token at all. */
export type TestCaller = {
  readonly subject?: string;
  readonly clientId?: string;
  readonly employeeId?: string | null;
  readonly scopes: readonly string[];
  /** Epoch seconds. */
  readonly authTime?: number;
  readonly acr?: string;
};

export type TestAnswer = {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors:
    | readonly {
        readonly message: string;
        readonly path?: readonly (string | number)[];
        readonly extensions: Readonly<Record<string, unknown>>;
      }[]
    | undefined;
};

export type TestSubgraph = {
  readonly url: string;
  ask(
    query: string,
    as: TestCaller | null,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<TestAnswer>;
  close(): Promise<void>;
};

/**
 * Starts a subgraph alone, as it runs: real HTTP, real tokens from a key of the
 * test's own. There is no test mode to forget to switch off.
 */
export async function testSubgraph<Own extends object>(
  options: SubgraphOptions<Own>,
  settings: Partial<
    Pick<SubgraphPlace, "clock" | "decisions" | "logger" | "stepUp">
  > = {},
): Promise<TestSubgraph> {
  const mint = await createTestMint();
  const logger = pino({ level: "silent" });
  const address = { host: "127.0.0.1", port: 0, logger };
  const keys = await serve({
    ...address,
    name: "keys",
    dependencies: {},
    routes: [
      {
        method: "GET",
        path: "/jwks.json",
        handle: (_request, response) => sendJson(response, 200, mint.jwks),
      },
    ],
  });
  const subgraph = await startSubgraph(options, {
    ...address,
    ...settings,
    gateway: { issuer: "urn:hr:gateway", jwksUri: `${keys.url}/jwks.json` },
  });
  return {
    url: subgraph.url,
    async ask(query, as, variables) {
      const token = as && (await tokenFor(mint, options.name, as));
      const response = await fetch(`${subgraph.url}/graphql`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(token && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      const body = (await response.json()) as Omit<TestAnswer, "status">;
      return { status: response.status, data: body.data, errors: body.errors };
    },
    async close() {
      await subgraph.close();
      await keys.close();
    },
  };
}

async function tokenFor(
  mint: Awaited<ReturnType<typeof createTestMint>>,
  subgraph: string,
  as: TestCaller,
): Promise<string> {
  const employeeId = as.employeeId ?? undefined;
  return mint.token({
    subgraph,
    sub: as.subject ?? "usr_test",
    clientId: as.clientId ?? "test-client",
    scope: as.scopes.join(" "),
    ...(as.authTime !== undefined && { authTime: as.authTime }),
    ...(as.acr !== undefined && { acr: as.acr }),
    ...(employeeId !== undefined && { employeeId }),
  });
}
