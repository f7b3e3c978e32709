import { type ChildProcess, spawn } from "node:child_process";
import {
  chmod,
  mkdtemp,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPostgres } from "./open-postgres.ts";
import { type PostgresServer, withClient } from "./postgres-server.ts";
import { isAlive } from "./process-table.ts";

let root: string;
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "hr embedded ü "));
  await chmod(root, 0o755);
  folder = join(root, "data");
  // Creates the cluster once; every test starts on it.
  await (await openPostgres({ dataFolder: folder })).stop();
});

afterAll(() => rm(root, { recursive: true, force: true }));

const ask = (server: PostgresServer) =>
  withClient(
    server.url,
    async (client) =>
      (await client.query<{ kept: string }>("SELECT * FROM kept")).rows,
  );

const pidOf = async () =>
  Number(
    (await readFile(join(folder, "cluster/postmaster.pid"), "utf8")).split(
      "\n",
    )[0],
  );

describe("the embedded server, in a folder with spaces and umlauts", () => {
  test("keeps its data from one start to the next", async () => {
    const first = await openPostgres({ dataFolder: folder });
    await withClient(first.url, (client) =>
      client.query("CREATE TABLE kept AS SELECT 'yes' AS kept"),
    );
    await first.stop();
    const second = await openPostgres({ dataFolder: folder });
    expect(await ask(second)).toEqual([{ kept: "yes" }]);
    await second.stop();
  });

  test("starts after PostgreSQL was killed", async () => {
    const first = await openPostgres({ dataFolder: folder });
    process.kill(await pidOf(), "SIGKILL");
    await first.stop();
    const second = await openPostgres({ dataFolder: folder });
    expect(await ask(second)).toEqual([{ kept: "yes" }]);
    await second.stop();
  });

  test("starts over a stale pid file that names another program", async () => {
    await writeFile(join(folder, "cluster/postmaster.pid"), `${process.pid}\n`);
    const server = await openPostgres({ dataFolder: folder });
    expect(await ask(server)).toEqual([{ kept: "yes" }]);
    await server.stop();
  });

  test.each(["SIGTERM", "SIGKILL"] as const)(
    "is refused to a second process, and ends when the first is ended by %s",
    async (signal) => {
      const owner = await startElsewhere(folder);
      await expect(openPostgres({ dataFolder: folder })).rejects.toThrow(
        `in use by process ${owner.pid}`,
      );
      const left = await pidOf();
      expect(isAlive(left)).toBe(true);
      owner.kill(signal);
      while (isAlive(left)) await sleep(20);
      const server = await openPostgres({ dataFolder: folder });
      expect(await ask(server)).toEqual([{ kept: "yes" }]);
      await server.stop();
    },
  );

  test("stops a server whose owner is gone, even when another program has the owner's pid", async () => {
    const orphaned = await openPostgres({ dataFolder: folder });
    const orphan = await pidOf();
    await writeFile(join(folder, "owner.pid"), `${process.pid} 1`);
    const server = await openPostgres({ dataFolder: folder });
    expect(isAlive(orphan)).toBe(false);
    expect(await ask(server)).toEqual([{ kept: "yes" }]);
    await orphaned.stop();
    await server.stop();
  });

  test("goes to one of three that open at once, whose server stays up", async () => {
    const three = await Promise.allSettled(
      [1, 2, 3].map(() => openPostgres({ dataFolder: folder })),
    );
    const [winner, ...others] = three.flatMap((one) =>
      one.status === "fulfilled" ? [one.value] : [],
    );
    expect(others).toEqual([]);
    expect(await ask(winner as PostgresServer)).toEqual([{ kept: "yes" }]);
    await winner?.stop();
  });

  test("says so at once when its password is lost", async () => {
    const file = join(folder, "superuser-password");
    const password = await readFile(file, "utf8");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await rm(file);
    await expect(openPostgres({ dataFolder: folder })).rejects.toThrow(
      "has lost its file superuser-password",
    );
    await writeFile(file, password, { mode: 0o600 });
    await (await openPostgres({ dataFolder: folder })).stop();
  });

  test("logs neither statements nor values", async () => {
    const server = await openPostgres({ dataFolder: folder });
    await withClient(server.url, async (client) => {
      await client.query("CREATE TEMP TABLE t (name text PRIMARY KEY)");
      const twice = "INSERT INTO t VALUES ('Ada'), ('Ada')";
      await expect(client.query(twice)).rejects.toThrow("duplicate key");
    });
    await server.stop();
    const said = await readFile(join(folder, "server.log"), "utf8");
    expect(said).toContain("duplicate key");
    expect(said).not.toMatch(/Ada|INSERT/);
  });

  test("stands beside another in another folder", async () => {
    const other = await openPostgres({ dataFolder: join(root, "other") });
    const server = await openPostgres({ dataFolder: folder });
    expect(new URL(other.url).port).not.toBe(new URL(server.url).port);
    await Promise.all([server.stop(), other.stop()]);
  });
});

/** A process of ours that opens the folder and stays. */
async function startElsewhere(dataFolder: string): Promise<ChildProcess> {
  const module = JSON.stringify(join(import.meta.dirname, "open-postgres.ts"));
  const script = `
    const { openPostgres } = await import(${module});
    await openPostgres({ dataFolder: ${JSON.stringify(dataFolder)} });
    console.log("open");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}
