import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import pg from "pg";
import { DatabaseError, codeOf } from "./database-error.ts";
import { type PostgresServer, withClient } from "./postgres-server.ts";

export type ServiceDatabase = {
  readonly database: string;
  readonly role: string;
  readonly password: string;
};

/** Any fixed number; one at a time on one server. */
const lock = 4_101_967;

/**
 * One database and one role for a service: the role owns its database and can
 * connect to no other's. Safe to repeat, and by several at once.
 * @returns the URL of the database as that role. Secret.
 * @throws DatabaseError when the server's user may not create roles and databases.
 */
export async function provision(
  server: PostgresServer,
  service: ServiceDatabase,
): Promise<string> {
  await withClient(server.url, async (client) => {
    try {
      await client.query("SELECT pg_advisory_lock($1)", [lock]);
      await ensureRole(client, service);
      await ensureDatabase(client, service);
    } catch (error) {
      if (codeOf(error) !== "42501") throw error;
      throw new DatabaseError(
        "DATABASE_URL: this user may not create roles and databases. Use an administrator of the server, or one with CREATEROLE and CREATEDB.",
      );
    }
  });
  const url = new URL(server.url);
  url.username = service.role;
  url.password = encodeURIComponent(service.password);
  url.pathname = `/${service.database}`;
  return url.href;
}

async function ensureRole(
  client: pg.Client,
  service: ServiceDatabase,
): Promise<void> {
  const role = pg.escapeIdentifier(service.role);
  const { rows } = await client.query<{ known: boolean; ruler: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS known,
            (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS ruler`,
    [service.role],
  );
  if (!rows[0]?.known) await client.query(`CREATE ROLE ${role}`);
  // Only a superuser may touch, or need take away, that attribute.
  const nobody = rows[0]?.ruler ? "NOSUPERUSER" : "";
  await client.query(
    `ALTER ROLE ${role} LOGIN ${nobody} NOCREATEDB NOCREATEROLE PASSWORD ${pg.escapeLiteral(verifierOf(service.password))}`,
  );
  // Any other administrator has to be a member to make the role an owner.
  if (!rows[0]?.ruler) await client.query(`GRANT ${role} TO CURRENT_USER`);
}

async function ensureDatabase(
  client: pg.Client,
  service: ServiceDatabase,
): Promise<void> {
  const database = pg.escapeIdentifier(service.database);
  const { rowCount } = await client.query(
    "SELECT FROM pg_database WHERE datname = $1",
    [service.database],
  );
  if (rowCount === 0)
    await client.query(
      `CREATE DATABASE ${database} OWNER ${pg.escapeIdentifier(service.role)} TEMPLATE template0
         ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'`,
    );
  await client.query(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
}

/**
 * What PostgreSQL stores of a password (RFC 5803). Sent in its stead, so that a
 * server which logs statements does not log the password.
 */
function verifierOf(password: string): string {
  const iterations = 4096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const keyFor = (whom: string) =>
    createHmac("sha256", salted).update(whom).digest();
  const stored = createHash("sha256").update(keyFor("Client Key")).digest();
  const parts = [stored, keyFor("Server Key")].map((key) =>
    key.toString("base64"),
  );
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${parts.join(":")}`;
}
