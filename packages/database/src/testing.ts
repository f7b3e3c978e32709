import { randomBytes } from "node:crypto";
import pg from "pg";
import { type Database, openDatabase } from "./open-database.ts";
import { openPostgres } from "./open-postgres.ts";
import { type PostgresServer, withClient } from "./postgres-server.ts";
import { provision } from "./provision.ts";

export type TestDatabase<Tables> = Database<Tables> & {
  readonly url: string;
  /** SQL issued since the last call. */
  statements(): readonly string[];
  /** Closes and removes database and role. */
  drop(): Promise<void>;
};

/** The server jest's global set-up opened for the whole run. */
export function testPostgres(): PostgresServer {
  const url = process.env["TEST_POSTGRES_URL"];
  if (!url)
    throw new Error("TEST_POSTGRES_URL is missing: run the tests by npm test");
  return { url, embedded: false, stop: () => Promise.resolve() };
}

/** A server for a test run: what it holds need not survive a power cut. */
export async function openTestServer(
  dataFolder: string,
): Promise<PostgresServer> {
  const server = await openPostgres({ dataFolder });
  await withClient(server.url, async (client) => {
    for (const setting of ["fsync", "full_page_writes", "synchronous_commit"])
      await client.query(`ALTER SYSTEM SET ${setting} = off`);
    await client.query("SELECT pg_reload_conf()");
  });
  return server;
}

/** A fresh database, owned by a fresh role that is nobody special. */
export async function createTestDatabase<Tables>(options: {
  readonly migrations: string;
}): Promise<TestDatabase<Tables>> {
  const server = testPostgres();
  const name = `test_${randomBytes(6).toString("hex")}`;
  const url = await provision(server, {
    database: name,
    role: name,
    password: randomBytes(16).toString("hex"),
  });
  let issued: string[] = [];
  const database = await openDatabase<Tables>({
    url,
    migrations: options.migrations,
    applicationName: name,
    onStatement: (sql) => issued.push(sql),
  });
  return {
    ...database,
    url,
    statements() {
      const since = issued;
      issued = [];
      return since;
    },
    async drop() {
      await database.close();
      await withClient(server.url, async (client) => {
        const quoted = pg.escapeIdentifier(name);
        await client.query(`DROP DATABASE ${quoted} WITH (FORCE)`);
        await client.query(`DROP ROLE ${quoted}`);
      });
    },
  };
}
