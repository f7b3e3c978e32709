import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Kysely, PostgresDialect, type Transaction } from "kysely";
import pg from "pg";
import { DatabaseError, codeOf, demandUrl, explain } from "./database-error.ts";
import { migrate } from "./migrate.ts";
import { demandVersion, openPostgres } from "./open-postgres.ts";
import type { PostgresServer } from "./postgres-server.ts";
import { typeParser } from "./type-parser.ts";
import { provision } from "./provision.ts";

/** One service's database, migrated and ready. */
export type Database<Tables> = {
  readonly query: Kysely<Tables>;
  /** Runs again once when the database asks for it (40001, 40P01). */
  transaction<Result>(
    work: (transaction: Transaction<Tables>) => Promise<Result>,
  ): Promise<Result>;
  /** Rejects while the database does not answer. */
  ping(): Promise<void>;
  /** 32 bytes, the same for every replica: signs cursors. */
  readonly cursorKey: Uint8Array;
  close(): Promise<void>;
};

export type OpenOptions = {
  readonly url: string;
  readonly migrations: string;
  readonly applicationName: string;
  readonly poolSize?: number;
  /** Sees the text of each statement, never its values. */
  readonly onStatement?: (sql: string) => void;
};

/** @throws DatabaseError with the cure. */
export async function openDatabase<Tables>(
  options: OpenOptions,
): Promise<Database<Tables>> {
  demandUrl(options.url);
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: 5_000,
    types: { getTypeParser: typeParser },
  });
  // An idle connection that breaks is replaced; who needs one meets the error itself.
  pool.on("error", () => undefined);
  try {
    await demandVersion(pool).catch((error: unknown) => {
      throw explain(error);
    });
    await migrate(pool, options.migrations);
    const cursorKey = await readCursorKey(pool);
    return handle<Tables>(pool, cursorKey, options.onStatement);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/**
 * For a service's start: the database of `url`, else one in an embedded server of
 * its own, which lives and ends with this process. Development only.
 */
export async function openServiceDatabase<Tables>(options: {
  /** `payroll` → database `payroll_db`, role `hr_payroll`. */
  readonly service: string;
  readonly url?: string | undefined;
  readonly dataFolder: string;
  readonly migrations: string;
  readonly poolSize?: number;
}): Promise<Database<Tables>> {
  const { service, url, dataFolder, ...rest } = options;
  const open = (at: string) =>
    openDatabase<Tables>({
      ...rest,
      url: at,
      applicationName: `hr-${service}`,
    });
  if (url !== undefined) return open(url);
  const server = await openPostgres({ dataFolder });
  try {
    const password = await keptPassword(dataFolder, service);
    const database = await open(
      await provision(server, {
        database: `${service}_db`,
        role: `hr_${service}`,
        password,
      }),
    );
    return { ...database, close: () => closeBoth(database, server) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function handle<Tables>(
  pool: pg.Pool,
  cursorKey: Uint8Array,
  onStatement: OpenOptions["onStatement"],
): Database<Tables> {
  const query = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    ...(onStatement && {
      log: (event) => {
        if (event.level === "query") onStatement(event.query.sql);
      },
    }),
  });
  return {
    query,
    cursorKey,
    async transaction(work) {
      try {
        return await query.transaction().execute(work);
      } catch (error) {
        if (!wantsRetry(error)) throw error;
        return query.transaction().execute(work);
      }
    },
    ping: async () => void (await pool.query("SELECT 1")),
    close: () => query.destroy(),
  };
}

async function closeBoth(
  database: Pick<Database<never>, "close">,
  server: PostgresServer,
): Promise<void> {
  await database.close();
  await server.stop();
}

/** Serialisation failure, deadlock. */
function wantsRetry(error: unknown): boolean {
  return ["40001", "40P01"].includes(codeOf(error));
}

async function readCursorKey(pool: pg.Pool): Promise<Uint8Array> {
  await pool.query(
    "INSERT INTO cursor_key (key) VALUES ($1) ON CONFLICT DO NOTHING",
    [randomBytes(32)],
  );
  const { rows } = await pool.query<{ key: Buffer }>(
    "SELECT key FROM cursor_key",
  );
  if (!rows[0]) throw new DatabaseError("The database lost its cursor key.");
  return rows[0].key;
}

async function keptPassword(folder: string, service: string): Promise<string> {
  const path = join(folder, `${service}-password`);
  await mkdir(folder, { recursive: true });
  const known = await readFile(path, "utf8").catch(() => "");
  if (known !== "") return known;
  const made = randomBytes(24).toString("base64url");
  await writeFile(path, made, { mode: 0o600 });
  return made;
}
