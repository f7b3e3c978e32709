import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { openPostgres, provision } from "@hr/database";
import { cpuMs } from "./usage.ts";

export type BenchPostgres = {
  /** Of a database for the auth service, as its owner. */
  readonly url: string;
  /** CPU milliseconds of the server and of all it has started, ended ones included. */
  cpuMs(): number;
  stop(): Promise<void>;
};

/** An embedded PostgreSQL that keeps its word: every commit waits for the disk. */
export async function openBenchPostgres(
  dataFolder: string,
): Promise<BenchPostgres> {
  const server = await openPostgres({ dataFolder });
  const url = await provision(server, {
    database: "auth_db",
    role: "hr_auth",
    password: randomBytes(24).toString("base64url"),
  });
  const pid = childrenOf(process.pid).find(isPostgres) ?? NaN;
  return {
    url,
    cpuMs: () =>
      [pid, ...childrenOf(pid)].map(cpuMs).reduce((a, b) => a + b, 0) +
      endedMs(pid),
    stop: () => server.stop(),
  };
}

function childrenOf(pid: number): readonly number[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return pids.trim().split(" ").filter(Boolean).map(Number);
}

function isPostgres(pid: number): boolean {
  return readFileSync(`/proc/${pid}/comm`, "utf8") === "postgres\n";
}

/** What children of it used that have ended: cutime and cstime, fields 16 and 17. */
function endedMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * msPerTick;
}

const msPerTick = 10;
