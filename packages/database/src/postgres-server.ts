import pg from "pg";
import { DatabaseError, explain, placeOf } from "./database-error.ts";
import { startEmbedded } from "./embedded-server.ts";

/** A PostgreSQL server, as its administrator. */
export type PostgresServer = {
  /** Administrator's URL. Secret: it holds the password. */
  readonly url: string;
  readonly embedded: boolean;
  /** Stops an embedded server; leaves any other alone. */
  stop(): Promise<void>;
};

export const oldestVersion = 18;

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
  await demandVersion(options.databaseUrl);
  return {
    url: options.databaseUrl,
    embedded: false,
    stop: () => Promise.resolve(),
  };
}

export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
  });
  // A server that goes away mid-way is reported by the statement that meets it.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw explain(error, placeOf(url));
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function demandVersion(url: string): Promise<void> {
  const version = await withClient(url, async (client) => {
    const { rows } = await client.query<{ server_version_num: string }>(
      "SHOW server_version_num",
    );
    return Math.floor(Number(rows[0]?.server_version_num ?? 0) / 10_000);
  });
  if (version < oldestVersion)
    throw new DatabaseError(
      `DATABASE_URL: the server at ${placeOf(url)} is PostgreSQL ${version}; this needs ${oldestVersion} or newer. Upgrade it, or leave DATABASE_URL out for an embedded server.`,
    );
}
