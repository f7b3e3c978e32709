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
  subgraphOperations,
} from "./operations.ts";
import { type Child, startChild } from "./start-child.ts";

export type Contender = {
  readonly name: string;
  /** The file that is its process. */
  readonly file: string;
  /** What its callers' tokens carry. */
  readonly scope: string;
  readonly provesTokens: boolean;
};

/** Contenders that answer the same operations. */
export type Suite = {
  readonly name: string;
  readonly contenders: readonly Contender[];
  readonly operations: readonly Operation[];
  /** Names of contenders the others are divided by. */
  readonly baselines: readonly string[];
  open(): Promise<Surroundings>;
};

/** What stands around the contenders during a whole run. */
export type Surroundings = {
  readonly settings: Settings;
  readonly issuer: Issuer;
  readonly subgraphs: readonly Child[];
  close(): Promise<void>;
};

const everything = "employee:read payroll:compensation:read leave:read";
const reports = "employee:read payroll:compensation:read:reports";

export const suites: readonly Suite[] = [
  {
    name: "gateway",
    contenders: [
      proving("ours", "ours.ts", everything),
      proving("stock", "stock.ts", everything),
      trusting("floor", "floor.ts"),
    ],
    operations: gatewayOperations,
    baselines: ["floor", "stock"],
    open: openGateways,
  },
  {
    name: "subgraph",
    contenders: [
      proving("guarded", "guarded-subgraph.ts", everything),
      proving("guarded-reach", "guarded-subgraph.ts", reports),
      trusting("plain", "plain-subgraph.ts"),
    ],
    operations: subgraphOperations,
    baselines: ["plain"],
    open: openSubgraphs,
  },
];

function proving(name: string, file: string, scope: string): Contender {
  return { name, file: `contenders/${file}`, scope, provesTokens: true };
}

function trusting(name: string, file: string): Contender {
  return { ...proving(name, file, everything), provesTokens: false };
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
