import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSupergraph } from "@hr/gateway";
import { type Issuer, openIssuer, openMint } from "./callers.ts";
import type { Settings } from "./child.ts";
import { compose, policyOf, subgraphNames } from "./graph/supergraph.ts";
import {
  type Operation,
  gatewayOperations,
  growthOperations,
  subgraphOperations,
} from "./operations.ts";
import type { Results } from "./rounds.ts";
import { type Child, startChild } from "./start-child.ts";
import { detailTable } from "./tables/detail-table.ts";
import { growthTable } from "./tables/growth-table.ts";
import { processTable } from "./tables/process-table.ts";
import { ratioTable } from "./tables/ratio-table.ts";

export type Contender = {
  readonly name: string;
  /** The file that is its process. */
  readonly file: string;
  /** What its callers' tokens carry. */
  readonly scope: string;
  readonly provesTokens: boolean;
  readonly enforcesScopes: boolean;
  /** What it alone is told. */
  readonly settings?: Settings;
  /** Made elsewhere and installed first; what it cannot answer is left out of its rows. */
  readonly isRival?: boolean;
};

/** Contenders that answer the same operations. */
export type Suite = {
  readonly name: string;
  readonly contenders: readonly Contender[];
  readonly operations: readonly Operation[];
  /** Whether the time from the spawn to an answer, and memory at rest, are figures. */
  readonly isStarted: boolean;
  /** By title. */
  readonly tables: Readonly<Record<string, Table>>;
  open(): Promise<Surroundings>;
};

/** Figures in Markdown; nothing when there is nothing to compare. */
export type Table = (suite: Suite, results: Results) => string;

/** What stands around the contenders during a whole run. */
export type Surroundings = {
  readonly settings: Settings;
  readonly issuer: Issuer;
  readonly subgraphs: readonly Child[];
  close(): Promise<void>;
};

const everything =
  "employee:read payroll:compensation:read leave:read leave:request:write:self";
const reports = "employee:read payroll:compensation:read:reports";

const ours = enforcing("ours", "contenders/ours.ts");
const floor = trusting("floor", "contenders/floor.ts");

export const suites: readonly Suite[] = [
  {
    name: "gateway",
    contenders: [
      ours,
      { ...ours, name: "ours-unprepared", settings: { preparedPath: "off" } },
      {
        ...ours,
        name: "ours-open",
        settings: { access: "off" },
        enforcesScopes: false,
      },
      { ...enforcing("stock", "contenders/stock.ts"), enforcesScopes: false },
      { ...enforcing("hive", "rivals/hive.ts"), isRival: true },
      {
        ...enforcing("hive-rust", "rivals/hive.ts"),
        settings: { planner: "rust" },
        isRival: true,
      },
      { ...enforcing("mercurius", "rivals/mercurius.ts"), isRival: true },
      floor,
    ],
    operations: gatewayOperations,
    isStarted: true,
    tables: {
      "CPU for a request, one divided by another": ratioTable([
        ["ours", "floor"],
        ["ours-unprepared", "floor"],
        ["ours", "ours-open"],
        ["ours", "stock"],
        ["ours", "hive"],
        ["ours", "hive-rust"],
        ["ours", "mercurius"],
      ]),
      "One process: `me` over 64 connections, its start, its rest":
        processTable,
      "All figures": detailTable,
    },
    open: openGateways,
  },
  {
    name: "growth",
    contenders: [ours, floor],
    operations: growthOperations,
    isStarted: false,
    tables: {
      "CPU for one more entity": growthTable,
      "All figures": detailTable,
    },
    open: openGateways,
  },
  {
    name: "subgraph",
    contenders: [
      enforcing("guarded", "contenders/guarded-subgraph.ts"),
      {
        ...enforcing("guarded-reach", "contenders/guarded-subgraph.ts"),
        scope: reports,
      },
      trusting("plain", "contenders/plain-subgraph.ts"),
      trusting("graphql-js", "contenders/graphql-js-subgraph.ts"),
    ],
    operations: subgraphOperations,
    isStarted: false,
    tables: {
      "CPU for a request, one divided by another": ratioTable([
        ["guarded", "plain"],
        ["guarded-reach", "plain"],
        ["guarded", "graphql-js"],
        ["guarded-reach", "graphql-js"],
      ]),
      "All figures": detailTable,
    },
    open: openSubgraphs,
  },
];

function enforcing(name: string, file: string): Contender {
  return {
    name,
    file,
    scope: everything,
    provesTokens: true,
    enforcesScopes: true,
  };
}

function trusting(name: string, file: string): Contender {
  return {
    ...enforcing(name, file),
    provesTokens: false,
    enforcesScopes: false,
  };
}

async function openGateways(): Promise<Surroundings> {
  const [employee, payroll, leave] = await Promise.all(
    subgraphNames.map((name) => startChild("subgraphs.ts", { name })),
  );
  if (!employee || !payroll || !leave) throw new Error("A subgraph is missing");
  const urls = {
    employee: employee.url,
    payroll: payroll.url,
    leave: leave.url,
  };
  const subgraphs = [employee, payroll, leave];
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const supergraph = join(folder, "supergraph.graphql");
  const runnable = join(folder, "runnable.graphql");
  const sdl = compose(urls);
  await writeFile(supergraph, sdl);
  await writeFile(runnable, readSupergraph(sdl).runnable);
  const issuer = await openIssuer();
  return {
    settings: { ...issuer.settings, ...urls, folder, supergraph, runnable },
    issuer,
    subgraphs,
    async close() {
      issuer.close();
      await Promise.all(subgraphs.map((one) => one.stop()));
      await rm(folder, { recursive: true });
    },
  };
}

async function openSubgraphs(): Promise<Surroundings> {
  const issuer = await openMint("payroll");
  const policy = JSON.stringify(policyOf("payroll"));
  return {
    settings: { ...issuer.settings, policy },
    issuer,
    subgraphs: [],
    close: () => Promise.resolve(issuer.close()),
  };
}
