import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError } from "./database-error.ts";
import { initialise } from "./embedded-cluster.ts";
import { type Home, findHome } from "./embedded-home.ts";
import { claimFolder } from "./folder-owner.ts";
import type { PostgresServer } from "./postgres-server.ts";
import { commandOf, isAlive } from "./process-table.ts";

type Log = (line: string) => void;

const readyMs = 30_000;
const stopMs = 10_000;

/**
 * Starts a real PostgreSQL 18 on a free port of 127.0.0.1, with a generated
 * password, in a folder this process owns until it stops. The server ends with
 * this process, however that ends. An orphan found on the folder is stopped first;
 * a stale pid file is removed.
 * @throws DatabaseError with the cure: folder in use, cannot start.
 */
export async function startEmbedded(
  dataFolder: string,
  log: Log = () => undefined,
): Promise<PostgresServer> {
  const home = await findHome(dataFolder);
  const giveBack = await claimFolder(home.folder);
  try {
    await stopOrphan(home, log);
    const password = await initialise(home, log);
    const { child, port } = await start(home);
    child.once("exit", (code) => {
      if (code !== 0) log("the embedded PostgreSQL ended unexpectedly");
    });
    return {
      // sslmode: the environment of this process may ask for TLS elsewhere.
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres?sslmode=disable`,
      embedded: true,
      stop: async () => {
        await end(child);
        await giveBack();
      },
    };
  } catch (error) {
    await giveBack();
    throw error;
  }
}

async function stopOrphan(home: Home, log: Log): Promise<void> {
  const { pid } = await readPidFile(home);
  if (!(pid > 0)) return;
  const file = join(home.cluster, "postmaster.pid");
  const command = isAlive(pid) ? await commandOf(pid) : "";
  if (command === undefined)
    throw new DatabaseError(
      `Process ${pid} may be a PostgreSQL server on ${home.folder}. Stop it; if it is another program, remove ${file}.`,
    );
  if (command.includes(`/postgres -D ${home.cluster} `)) {
    log(`stopping a PostgreSQL server that was left behind (process ${pid})`);
    for (const signal of ["SIGINT", "SIGQUIT"] as const)
      if (isAlive(pid)) await signalAndWait(pid, signal);
    if (isAlive(pid))
      throw new DatabaseError(
        `A PostgreSQL server left behind on ${home.folder} does not stop. End process ${pid}, then start again.`,
      );
  }
  await rm(file, { force: true });
}

async function signalAndWait(
  pid: number,
  signal: "SIGINT" | "SIGQUIT",
): Promise<void> {
  process.kill(pid, signal);
  const deadline = Date.now() + stopMs;
  while (isAlive(pid) && Date.now() < deadline) await sleep(25);
}

type Running = { readonly child: ChildProcess; readonly port: number };

/** Tries again while what a killed server left behind is still going away, or another program took the port. */
async function start(home: Home): Promise<Running> {
  const deadline = Date.now() + readyMs;
  for (;;) {
    const port = await freePort();
    const child = await launch(home, port);
    if (await becomesReady(child, home, deadline)) return { child, port };
    await end(child);
    const said = await readFile(logFile(home), "utf8");
    const passing = /shared memory block|could not bind|lock file/.test(said);
    if (!passing || Date.now() > deadline)
      throw new DatabaseError(
        `The embedded PostgreSQL server did not start; ${logFile(home)} says why. Mend that, or remove ${home.folder} to begin anew, or set DATABASE_URL to a server of your own.`,
      );
    await sleep(250);
  }
}

async function launch(home: Home, port: number): Promise<ChildProcess> {
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 120,
    timezone: "UTC",
    log_timezone: "UTC",
    // Neither statements nor the values in them belong in a log.
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
  };
  const flags = Object.entries(settings).map(
    ([name, value]) => `--${name}=${value}`,
  );
  const said = await open(logFile(home), "w", 0o600);
  const child = spawn(
    join(home.binaries, "bin/postgres"),
    ["-D", home.cluster, ...flags],
    { ...asServerUser(home), stdio: ["ignore", said.fd, said.fd] },
  );
  await said.close();
  // A failed spawn shows as a child without a pid, which never becomes ready.
  child.once("error", () => undefined);
  child.unref();
  tie(child, home);
  return child;
}

/**
 * Ends the server when this process is gone, even by SIGKILL: the shell's input
 * then closes. It needs no hook in this process, so no signal is swallowed.
 */
function tie(server: ChildProcess, home: Home): void {
  if (server.pid === undefined) return;
  const script = 'read -r _; kill -INT "$1"';
  const line = spawn("/bin/sh", ["-c", script, "sh", String(server.pid)], {
    ...asServerUser(home),
    stdio: ["pipe", "ignore", "ignore"],
  });
  line.once("error", () => undefined);
  line.unref();
  (line.stdin as { unref?: () => void } | null)?.unref?.();
  // Its pid may soon be another program's.
  server.once("exit", () => line.kill("SIGKILL"));
}

function asServerUser(home: Home) {
  return {
    ...home.user,
    // Not ours: PG… variables would reach into the server.
    env: { LC_ALL: "C", TZ: "UTC" },
    cwd: home.folder,
    // Ctrl-C in a terminal goes to the whole group; the server stops when we say so.
    detached: true,
  };
}

async function becomesReady(
  child: ChildProcess,
  home: Home,
  deadline: number,
): Promise<boolean> {
  while (Date.now() < deadline && isRunning(child)) {
    const { pid, status } = await readPidFile(home);
    if (pid === child.pid && status === "ready") return true;
    await sleep(15);
  }
  return false;
}

function isRunning(child: ChildProcess): boolean {
  return (
    child.pid !== undefined &&
    child.exitCode === null &&
    child.signalCode === null
  );
}

/** Fast shutdown, then an immediate one (PostgreSQL manual, section 18.5). */
async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  child.ref();
  const gone = once(child, "exit");
  child.kill("SIGINT");
  const impatient = setTimeout(() => child.kill("SIGQUIT"), stopMs);
  await gone;
  clearTimeout(impatient);
}

/** The first line is the pid, the eighth the status (PostgreSQL source, pidfile.h). */
async function readPidFile(home: Home) {
  const file = join(home.cluster, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.split("\n");
  return { pid: Number(lines[0]), status: lines[7]?.trim() };
}

function logFile(home: Home): string {
  return join(home.folder, "server.log");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
