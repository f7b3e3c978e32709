import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPostgres } from "./open-postgres.ts";
import { type PostgresServer, withClient } from "./postgres-server.ts";

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

  test("stops what a killed process left running, and is refused while that process lives", async () => {
    const owner = await startElsewhere(folder);
    await expect(openPostgres({ dataFolder: folder })).rejects.toThrow(
      `in use by process ${owner.pid}`,
    );
    const orphan = await pidOf();
    owner.kill("SIGKILL");
    await new Promise((resolve) => owner.once("exit", resolve));
    expect(() => process.kill(orphan, 0)).not.toThrow();
    const server = await openPostgres({ dataFolder: folder });
    expect(await ask(server)).toEqual([{ kept: "yes" }]);
    expect(() => process.kill(orphan, 0)).toThrow("ESRCH");
    await server.stop();
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
