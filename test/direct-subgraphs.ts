import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allScopes } from "@hr/access";
import { type SubgraphName, provisionAll, subgraphNames } from "@hr/cli";
import { testPostgres } from "@hr/database/testing";
import { readEmployeeConfig, startEmployee } from "@hr/employee";
import { readLeaveConfig, startLeave } from "@hr/leave";
import { readPayrollConfig, startPayroll } from "@hr/payroll";
import { type Running, createLogger, sendJson, serve } from "@hr/service";
import {
  type TestMint,
  createTestIssuer,
  createTestMint,
} from "@hr/tokens/testing";
import { type GraphAnswer, askGraph, estateToday } from "./estate.ts";

/** Who asks a subgraph directly; without an employee it is a machine. */
export type DirectCaller = {
  readonly employeeId: string | null;
  readonly scopes: readonly string[];
};

/** The three subgraphs as they run, with the test in the gateway's place. */
export type DirectSubgraphs = {
  /** With a token the gateway would have made for this subgraph. */
  ask(
    name: SubgraphName,
    query: string,
    as: DirectCaller,
  ): Promise<GraphAnswer>;
  /** With any token, or none. */
  askBearing(
    name: SubgraphName,
    query: string,
    token: string | null,
  ): Promise<GraphAnswer>;
  /** Tokens this subgraph is not to take, each with every scope there is; none among them. */
  foreignTokens(
    name: SubgraphName,
  ): Promise<Readonly<Record<ForeignToken, string | null>>>;
  close(): Promise<void>;
};

export type ForeignToken =
  "no token" | "a client's access token" | "another subgraph's token";

export async function startDirectSubgraphs(): Promise<DirectSubgraphs> {
  const dataFolder = await mkdtemp(join(tmpdir(), "hr-direct-"));
  const mark = `_${randomBytes(4).toString("hex")}`;
  const databases = await provisionAll(testPostgres(), dataFolder, mark);
  const mint = await createTestMint();
  const keys = await serveKeys(mint);
  const environmentOf = (name: SubgraphName) => ({
    NODE_ENV: "test",
    PORT: "0",
    DATABASE_URL: databases[name],
    DATA_FOLDER: join(dataFolder, name),
    GATEWAY_JWKS_URI: `${keys.url}/jwks.json`,
    SEED: "demo",
    DEMO_TODAY: estateToday,
  });
  const running: Readonly<Record<SubgraphName, Running>> = {
    employee: await startEmployee(
      readEmployeeConfig(environmentOf("employee")),
      silent,
    ),
    payroll: await startPayroll(
      readPayrollConfig(environmentOf("payroll")),
      silent,
    ),
    leave: await startLeave(readLeaveConfig(environmentOf("leave")), silent),
  };
  const askBearing: DirectSubgraphs["askBearing"] = (name, query, token) =>
    askGraph(`${running[name].url}/graphql`, token, { query });
  return {
    askBearing,
    foreignTokens: (name) => foreignTokens(mint, name),
    ask: async (name, query, as) =>
      askBearing(name, query, await tokenFor(mint, name, as)),
    async close() {
      for (const name of subgraphNames) await running[name].close();
      await keys.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

const silent = createLogger("direct", { write: () => undefined });

function serveKeys(mint: TestMint): Promise<Running> {
  return serve({
    name: "keys",
    host: "127.0.0.1",
    port: 0,
    logger: silent,
    dependencies: {},
    routes: [
      {
        method: "GET",
        path: "/jwks.json",
        handle: (_request, response) => sendJson(response, 200, mint.jwks),
      },
    ],
  });
}

function tokenFor(
  mint: TestMint,
  subgraph: SubgraphName,
  { employeeId, scopes }: DirectCaller,
): Promise<string> {
  const sub = employeeId?.replace("emp_", "usr_") ?? "exporter";
  return mint.token({
    subgraph,
    sub,
    clientId: employeeId === null ? sub : "hr-cli",
    scope: scopes.join(" "),
    ...(employeeId !== null && { employeeId }),
  });
}

async function foreignTokens(mint: TestMint, name: SubgraphName) {
  const issuer = await createTestIssuer({
    issuer: "http://localhost:4001",
    audience: "http://localhost:4000/graphql",
  });
  const caller = {
    sub: "usr_mia",
    clientId: "hr-cli",
    employeeId: "emp_mia",
    scope: allScopes.join(" "),
  };
  const subgraph = subgraphNames.find((one) => one !== name) ?? "";
  return {
    "no token": null,
    "a client's access token": await issuer.accessToken(caller),
    "another subgraph's token": await mint.token({ ...caller, subgraph }),
  };
}
