import type pg from "pg";
import { DatabaseError } from "./database-error.ts";
import { startEmbedded } from "./embedded-server.ts";
import { type PostgresServer, withClient } from "./postgres-server.ts";

const oldestVersion = 18;

/**
 * The server of `databaseUrl` where given, else an embedded PostgreSQL 18 whose
 * files lie under `dataFolder`.
 * @throws DatabaseError with the cure: unreachable, refused, too old, folder in use.
 */
export async function openPostgres(options: {
  readonly databaseUrl?: string | undefined;
  readonly dataFolder: string;
  readonly log?: (line: string) => void;
}): Promise<PostgresServer> {
  if (options.databaseUrl === undefined)
    return startEmbedded(options.dataFolder, options.log);
  await withClient(options.databaseUrl, demandVersion);
  return {
    url: options.databaseUrl,
    embedded: false,
    stop: () => Promise.resolve(),
  };
}

/** Temporal keys need it. */
export async function demandVersion(
  client: pg.Client | pg.Pool,
): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>(
    "SHOW server_version_num",
  );
  const version = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (version < oldestVersion)
    throw new DatabaseError(
      `DATABASE_URL: the server is PostgreSQL ${version}; this needs ${oldestVersion} or newer. Upgrade it, or leave DATABASE_URL out for an embedded server.`,
    );
}
