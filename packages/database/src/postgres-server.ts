import pg from "pg";
import { demandUrl, explain } from "./database-error.ts";

/** A PostgreSQL server, as its administrator. */
export type PostgresServer = {
  /** Administrator's URL. Secret: it holds the password. */
  readonly url: string;
  readonly embedded: boolean;
  /** Stops an embedded server; leaves any other alone. */
  stop(): Promise<void>;
};

export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  demandUrl(url);
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
    throw explain(error);
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
