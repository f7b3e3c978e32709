import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { DatabaseError, codeOf } from "./database-error.ts";

type Migration = {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
};

const fileName = /^\d{3}-[a-z0-9-]+\.sql$/;
/** Any fixed number; one lock per database. */
const lock = 4_101_966;

const bookkeeping = `
  CREATE TABLE IF NOT EXISTS schema_migration (
    name text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE IF NOT EXISTS cursor_key (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    key bytea NOT NULL
  );`;

/**
 * Applies the SQL files of a folder in order, each in a transaction, once, one
 * process at a time.
 * @returns the names applied now.
 * @throws DatabaseError when a file that was applied has changed or is gone, or one fails.
 */
export async function migrate(
  pool: pg.Pool,
  folder: string,
): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [lock]);
    await client.query(bookkeeping).catch(demandOwner);
    const due = await demandHistory(client, migrations);
    for (const migration of due) await apply(client, migration);
    return due.map(({ name }) => name);
  } finally {
    await client
      .query("SELECT pg_advisory_unlock($1)", [lock])
      .catch(() => undefined);
    client.release();
  }
}

function demandOwner(error: unknown): never {
  if (codeOf(error) !== "42501") throw error;
  throw new DatabaseError(
    "DATABASE_URL: this role may not create tables in the database. Use the role that owns it.",
  );
}

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
  const strange = names.find((name) => !fileName.test(name));
  if (strange !== undefined)
    throw new DatabaseError(
      `Migration ${strange} is misnamed: call it 001-what-it-does.sql.`,
    );
  return Promise.all(
    names.sort().map(async (name) => {
      const text = await readFile(join(folder, name), "utf8");
      // A checkout on Windows may have turned the line ends.
      const sql = text.replaceAll("\r\n", "\n");
      const checksum = createHash("sha256").update(sql).digest("hex");
      return { name, sql, checksum };
    }),
  );
}

/** What is still to apply, once what was applied is found unchanged and in order. */
async function demandHistory(
  client: pg.PoolClient,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    "SELECT name, checksum FROM schema_migration ORDER BY name",
  );
  rows.forEach((applied, at) => {
    const here = migrations[at];
    if (here?.name !== applied.name)
      throw new DatabaseError(
        `Migration ${applied.name} was applied to this database, but ${here ? `${here.name} stands in its place` : "its file is gone"}. Bring the file back; add changes as new files at the end.`,
      );
    if (here.checksum !== applied.checksum)
      throw new DatabaseError(
        `Migration ${applied.name} was changed after it was applied. Put it back as it was and add the change as a new file.`,
      );
  });
  return migrations.slice(rows.length);
}

async function apply(
  client: pg.PoolClient,
  migration: Migration,
): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(migration.sql);
    await client.query(
      "INSERT INTO schema_migration (name, checksum) VALUES ($1, $2)",
      [migration.name, migration.checksum],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw new DatabaseError(
      `Migration ${migration.name} failed${whereAndWhy(error, migration.sql)} and left nothing behind. Correct it and start again.`,
    );
  }
}

/** Class 42 faults speak of names in the file; any other may quote a row, and gives only its code. */
function whereAndWhy(error: unknown, text: string): string {
  const code = codeOf(error);
  if (!(error instanceof Error) || code === "") return "";
  const position = "position" in error ? Number(error.position) : Number.NaN;
  const line = text.slice(0, position - 1).split("\n").length;
  const at = position > 0 ? ` at line ${line}` : "";
  return `${at} (${code}${code.startsWith("42") ? `: ${error.message}` : ""})`;
}
