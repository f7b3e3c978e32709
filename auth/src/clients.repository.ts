import { type Kysely, type Selectable, type Transaction, sql } from "kysely";
import type { ClientMetadata } from "oidc-provider";
import { clientFrom, toMetadata } from "./clients.ts";
import type { AuthTables } from "./tables.ts";

/** As the table has it. */
const idSyntax = /^[a-z][a-z0-9-]{1,62}$/;

/** A client of the table, in the provider's words; undefined if there is none or it is disabled. */
export async function findClientMetadata(
  database: Kysely<AuthTables>,
  id: string,
): Promise<(ClientMetadata & Record<string, unknown>) | undefined> {
  if (!idSyntax.test(id)) return undefined;
  const row = await database
    .selectFrom("client")
    .selectAll()
    .where("id", "=", id)
    .where("disabled_at", "is", sql<null>`null`)
    .executeTakeFirst();
  const client = row && clientFrom(row);
  return client && { ...toMetadata(client) };
}

export type ClientRow = Selectable<AuthTables["client"]>;

/** Disabled ones too, by id. */
export function listClients(
  database: Kysely<AuthTables>,
): Promise<readonly ClientRow[]> {
  return database.selectFrom("client").selectAll().orderBy("id").execute();
}

/** Disabled or not; nobody else changes it until the transaction ends. */
export function lockClient(
  transaction: Transaction<AuthTables>,
  id: string,
): Promise<ClientRow | undefined> {
  return transaction
    .selectFrom("client")
    .selectAll()
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
}

/** @returns false if the id is taken, by a disabled client too */
export async function insertClient(
  database: Kysely<AuthTables>,
  { jwks, ...row }: Omit<ClientRow, "created_at" | "disabled_at">,
): Promise<boolean> {
  const inserted = await database
    .insertInto("client")
    .values({ ...row, jwks: jwks && JSON.stringify(jwks), disabled_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
}

/** How it proves itself from now on: by one of both. */
export async function setProof(
  transaction: Transaction<AuthTables>,
  { id, secret_digest, jwks }: Pick<ClientRow, "id" | "secret_digest" | "jwks">,
): Promise<void> {
  await transaction
    .updateTable("client")
    .set({ secret_digest, jwks: jwks && JSON.stringify(jwks) })
    .where("id", "=", id)
    .execute();
}

/** Disabled since when it first was. */
export async function setClientDisabled(
  transaction: Transaction<AuthTables>,
  { id, disabled }: { readonly id: string; readonly disabled: boolean },
): Promise<void> {
  const since = disabled ? sql<Date>`coalesce(disabled_at, now())` : null;
  await transaction
    .updateTable("client")
    .set({ disabled_at: since })
    .where("id", "=", id)
    .execute();
}

/** Grants and all that hangs on them. @returns the ids of the grants */
export async function deleteGrantsTo(
  transaction: Transaction<AuthTables>,
  clientId: string,
): Promise<readonly string[]> {
  const rows = await transaction
    .deleteFrom("oidc_record")
    .where(sql`payload ->> 'clientId'`, "=", clientId)
    .returning(["model", "id"])
    .execute();
  return rows.flatMap(({ model, id }) => (model === "Grant" ? [id] : []));
}
