import pg from "pg";
import { type PostgresServer, withClient } from "./postgres-server.ts";

export type ServiceDatabase = {
  readonly database: string;
  readonly role: string;
  readonly password: string;
};

/**
 * One database and one role for a service: the role owns its database and can
 * connect to no other's. Safe to repeat.
 * @returns the URL of the database as that role. Secret.
 */
export async function provision(
  server: PostgresServer,
  service: ServiceDatabase,
): Promise<string> {
  const role = pg.escapeIdentifier(service.role);
  const database = pg.escapeIdentifier(service.database);
  await withClient(server.url, async (client) => {
    const known = await client.query(
      "SELECT 1 FROM pg_roles WHERE rolname = $1",
      [service.role],
    );
    if (known.rowCount === 0) await client.query(`CREATE ROLE ${role}`);
    await client.query(
      `ALTER ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${pg.escapeLiteral(service.password)}`,
    );
    const made = await client.query(
      "SELECT 1 FROM pg_database WHERE datname = $1",
      [service.database],
    );
    if (made.rowCount === 0)
      await client.query(
        `CREATE DATABASE ${database} OWNER ${role} TEMPLATE template0 ENCODING 'UTF8'`,
      );
    await client.query(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
  });
  const url = new URL(server.url);
  url.username = service.role;
  url.password = encodeURIComponent(service.password);
  url.pathname = `/${service.database}`;
  return url.href;
}
