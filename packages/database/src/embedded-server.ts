import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { DatabaseError } from "./database-error.ts";
import { type Home, findHome } from "./embedded-home.ts";
import { commandOf, isAlive } from "./process-table.ts";
import type { PostgresServer } from "./postgres-server.ts";

type Log = (line: string) => void;

const readyMs = 30_000;

/**
 * Starts a real PostgreSQL 18 on a free port of 127.0.0.1, with a generated
 * password, in a folder this process owns until it stops. An orphan that a killed
 * process left on the folder is stopped first; a stale pid file is removed.
 */
export async function startEmbedded(
  dataFolder: string,
  log: Log = () => undefined,
): Promise<PostgresServer> {
  const home = await findHome(dataFolder);
  await claim(home);
  await stopOrphan(home, log);
  const password = await passwordOf(home);
  await initialise(home, log);
  const port = await freePort();
  const child = launch(home, port);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await waitUntilReady(url, child, home);
  const kill = () => child.kill("SIGINT");
  process.once("exit", kill);
  return {
    url,
    embedded: true,
    async stop() {
      process.off("exit", kill);
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGINT"); // fast shutdown: PostgreSQL manual, section 18.5
        await gone;
      }
      await rm(ownerFile(home), { force: true });
    },
  };
}

/** Two of us on one folder would corrupt nothing, but would fight over the server. */
async function claim(home: Home): Promise<void> {
  const owner = Number(await readText(ownerFile(home)));
  if (owner > 0 && owner !== process.pid && (await isOurs(owner)))
    throw new DatabaseError(
      `The data folder ${home.folder} is in use by process ${owner}. Stop that one first, or use another data folder.`,
    );
  await writeFile(ownerFile(home), String(process.pid), { mode: 0o600 });
}

/** A pid is soon another program's; only a Node process can be one of us. */
async function isOurs(pid: number): Promise<boolean> {
  return isAlive(pid) && /\bnode\b/.test(await commandOf(pid));
}

async function stopOrphan(home: Home, log: Log): Promise<void> {
  const file = join(home.cluster, "postmaster.pid");
  const pid = Number((await readText(file)).split("\n")[0]);
  if (!(pid > 0)) return;
  if (isAlive(pid) && (await commandOf(pid)).includes(home.cluster)) {
    log(`stopping a PostgreSQL server that was left behind (process ${pid})`);
    process.kill(pid, "SIGINT");
    const deadline = Date.now() + readyMs;
    while (isAlive(pid) && Date.now() < deadline) await sleep(50);
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  }
  await rm(file, { force: true });
}

async function passwordOf(home: Home): Promise<string> {
  const known = (await readText(passwordFile(home))).trim();
  if (known !== "") return known;
  const made = randomBytes(24).toString("base64url");
  await writeFile(passwordFile(home), made, { mode: 0o600 });
  await give(home, passwordFile(home));
  return made;
}

/** Built beside and renamed into place, so that a half-made cluster is never used. */
async function initialise(home: Home, log: Log): Promise<void> {
  if (await exists(join(home.cluster, "PG_VERSION"))) return;
  log("creating the database cluster");
  const draft = `${home.cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await give(home, draft);
  await runToEnd(home, join(home.binaries, "bin/initdb"), [
    `--pgdata=${draft}`,
    `--pwfile=${passwordFile(home)}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-sync",
  ]);
  await rename(draft, home.cluster);
}

function launch(home: Home, port: number): ChildProcess {
  const settings = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "120",
    logging_collector: "off",
    log_min_messages: "fatal",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  return spawn(
    join(home.binaries, "bin/postgres"),
    ["-D", home.cluster, ...flags],
    {
      ...identity(home),
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
      cwd: home.folder,
      stdio: "ignore",
      // Ctrl-C in a terminal goes to the whole group; the server stops when we say so.
      detached: true,
    },
  );
}

async function waitUntilReady(
  url: string,
  child: ChildProcess,
  home: Home,
): Promise<void> {
  const deadline = Date.now() + readyMs;
  let failed: Error | undefined;
  child.once("error", (error) => {
    failed = error;
  });
  while (Date.now() < deadline && child.exitCode === null && !failed) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    const up = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    if (up) return;
    await sleep(25);
  }
  child.kill("SIGKILL");
  throw new DatabaseError(
    `The embedded PostgreSQL server in ${home.folder} did not start. Free disk space and memory, or remove that folder to begin anew; or set DATABASE_URL to a server of your own.`,
  );
}

async function runToEnd(
  home: Home,
  command: string,
  flags: readonly string[],
): Promise<void> {
  const child = spawn(command, flags, {
    ...identity(home),
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
    cwd: home.folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0)
    throw new DatabaseError(
      `The embedded database cluster could not be created in ${home.folder}: ${said.trim()}`,
    );
}

function identity(home: Home): { uid?: number; gid?: number } {
  return home.user ? { uid: home.user.uid, gid: home.user.gid } : {};
}

async function give(home: Home, path: string): Promise<void> {
  if (home.user) await chown(path, home.user.uid, home.user.gid);
  if ((await stat(path)).isDirectory()) await chmod(path, 0o700);
}

function ownerFile(home: Home): string {
  return join(home.folder, "owner.pid");
}

function passwordFile(home: Home): string {
  return join(home.folder, "superuser-password");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve()),
  );
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
