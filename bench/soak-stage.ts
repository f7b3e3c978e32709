import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { type SubgraphName, sdlOf } from "./graph/company.ts";
import { policyOf, subgraphNames } from "./graph/supergraph.ts";
import { jobsScope } from "./soak-callers.ts";
import { type SoakIssuer, openSoakIssuer } from "./soak-issuer.ts";
import { freePorts } from "./soak-ports.ts";
import { type SoakProcess, startSoakProcess } from "./soak-process.ts";
import type { World } from "./soak-questions.ts";

/** The gateway and all that stands around it. */
export type SoakStage = {
  readonly gateway: SoakProcess;
  readonly issuer: SoakIssuer;
  /** The file of the keys that sign internal tokens. */
  readonly keysFile: string;
  readonly subgraph: (name: SubgraphName) => SoakProcess;
  /** Puts another supergraph in the place of the one the gateway follows. */
  write(jobs: World["jobs"]): Promise<void>;
  /** Starts a subgraph where it was, and waits until it listens. */
  start(name: SubgraphName): Promise<void>;
  close(): Promise<void>;
};

type Ports = Readonly<Record<SubgraphName | "gateway", number>>;

/** How often the gateway reads the file of its keys again. */
export const keysEveryMs = 10_000;

/** @param folder For the files the gateway reads and keeps. */
export async function openSoakStage(folder: string): Promise<SoakStage> {
  const supergraph = join(folder, "supergraph.graphql");
  const keysFile = join(folder, "internal-keys.json");
  const issuer = await openSoakIssuer();
  const ports = await portsOfAll();
  // Made once: composing would keep this process from sending and reading for a while.
  const texts = {
    open: compose(ports, "open"),
    locked: compose(ports, "locked"),
  };
  const policies = {
    employee: JSON.stringify(policyOf("employee")),
    payroll: JSON.stringify(policyOf("payroll")),
    leave: JSON.stringify(policyOf("leave")),
  };
  const running = new Map<SubgraphName, SoakProcess>();

  async function start(name: SubgraphName): Promise<void> {
    const settings = {
      ...{ name, port: String(ports[name]) },
      policy: policies[name],
      issuer: "urn:hr:gateway",
      jwksUri: `http://127.0.0.1:${ports.gateway}/.well-known/jwks.json`,
    };
    running.set(
      name,
      await startSoakProcess("contenders/soak-subgraph.ts", settings),
    );
  }

  async function write(jobs: World["jobs"]): Promise<void> {
    await writeFile(`${supergraph}.new`, texts[jobs]);
    await rename(`${supergraph}.new`, supergraph);
  }

  await write("open");
  await Promise.all(subgraphNames.map(start));
  const settings = {
    ...{ ...issuer.settings, folder, supergraph, keysFile },
    keysEveryMs: String(keysEveryMs),
    port: String(ports.gateway),
  };
  const file = "contenders/soak-gateway.ts";
  const gateway = await startSoakProcess(file, settings, ["--expose-gc"]);
  return {
    ...{ gateway, issuer, keysFile, write, start },
    subgraph(name) {
      const found = running.get(name);
      if (!found) throw new Error(`There is no ${name}`);
      return found;
    },
    async close() {
      await Promise.all(
        [gateway, ...running.values()].map((one) => one.stop()),
      );
      issuer.close();
    },
  };
}

async function portsOfAll(): Promise<Ports> {
  const [gateway = 0, employee = 0, payroll = 0, leave = 0] =
    await freePorts(4);
  return { gateway, employee, payroll, leave };
}

/** The two differ in what they demand for a job title. */
function compose(ports: Ports, jobs: World["jobs"]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphNames.map((name) => ({
      name,
      url: `http://127.0.0.1:${ports[name]}/graphql`,
      typeDefs: parse(jobs === "locked" ? locked(sdlOf(name)) : sdlOf(name)),
    })),
  );
  if (supergraphSdl === undefined)
    throw new Error(errors?.map(({ message }) => message).join("\n"));
  return supergraphSdl;
}

function locked(sdl: string): string {
  return sdl.replace(
    "jobTitle: String",
    `jobTitle: String @requiresScopes(scopes: [["${jobsScope}"]])`,
  );
}
