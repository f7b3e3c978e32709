import { createHash } from "node:crypto";
import { type Kysely, type Transaction, sql } from "kysely";
import { lockAccount } from "./accounts.repository.ts";
import { lifetimes } from "./lifetimes.ts";
import type { AuthTables } from "./tables.ts";

/** The public half of a key that a person's device holds. */
export type Passkey = {
  /** Credential id, base64url. */
  readonly id: string;
  readonly accountId: string;
  /** In COSE (RFC 9053). */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly deviceType: "singleDevice" | "multiDevice";
  readonly backedUp: boolean;
};

export type KnownPasskey = Pick<Passkey, "id" | "transports" | "deviceType"> & {
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
};

/** The oldest first. */
export function listPasskeys(
  database: Kysely<AuthTables>,
  accountId: string,
): Promise<readonly KnownPasskey[]> {
  return database
    .selectFrom("passkey")
    .select([
      "id",
      "transports",
      "device_type as deviceType",
      "created_at as createdAt",
      "last_used_at as lastUsedAt",
    ])
    .where("account_id", "=", accountId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}

export async function findPasskey(
  database: Kysely<AuthTables>,
  id: string,
): Promise<Pick<Passkey, "id" | "accountId" | "publicKey"> | undefined> {
  const row = await database
    .selectFrom("passkey")
    .select(["id", "account_id as accountId", "public_key as publicKey"])
    .where("id", "=", id)
    .executeTakeFirst();
  return row && { ...row, publicKey: new Uint8Array(row.publicKey) };
}

/**
 * Notes a use, in one statement.
 * @returns false if its authenticator did not count on: somebody holds a copy
 * (Web Authentication, section 6.1.1).
 */
export async function countUse(
  database: Kysely<AuthTables>,
  { id, counter, backedUp }: Pick<Passkey, "id" | "counter" | "backedUp">,
): Promise<boolean> {
  const counted = await database
    .updateTable("passkey")
    .set({ counter, backed_up: backedUp, last_used_at: sql<Date>`now()` })
    .where("id", "=", id)
    .where((eb) =>
      eb.or([
        eb("counter", "<", counter),
        eb.and([eb("counter", "=", 0), eb.lit(counter === 0)]),
      ]),
    )
    .returning("id")
    .executeTakeFirst();
  return counted !== undefined;
}

/**
 * @param first Only if the account has none.
 * @returns false if it was not added: it is somebody's, or not the first
 */
export async function addPasskey(
  transaction: Transaction<AuthTables>,
  passkey: Passkey,
  { first }: { readonly first: boolean },
): Promise<boolean> {
  const account = await lockAccount(transaction, passkey.accountId);
  if (!account || account.disabled) return false;
  const has = await listPasskeys(transaction, account.id);
  if (first && has.length > 0) return false;
  const added = await transaction
    .insertInto("passkey")
    .values({
      id: passkey.id,
      account_id: account.id,
      public_key: Buffer.from(passkey.publicKey),
      counter: passkey.counter,
      transports: passkey.transports,
      device_type: passkey.deviceType,
      backed_up: passkey.backedUp,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return added !== undefined;
}

/** Removes one of several: the last stays, or a password alone could put another in its place. */
export async function removePasskey(
  transaction: Transaction<AuthTables>,
  { id, accountId }: Pick<Passkey, "id" | "accountId">,
): Promise<void> {
  await lockAccount(transaction, accountId);
  const has = await listPasskeys(transaction, accountId);
  if (has.length < 2) return;
  await transaction
    .deleteFrom("passkey")
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .execute();
}

/**
 * Removes all an account has; whoever knows its password may then add the first. Its
 * sessions have to end with them: an open one could add it without the password.
 */
export async function removePasskeys(
  transaction: Transaction<AuthTables>,
  accountId: string,
): Promise<void> {
  await transaction
    .deleteFrom("passkey")
    .where("account_id", "=", accountId)
    .execute();
}

/** In place of the one the interaction had. Clears away those nobody can answer any more. */
export async function keepChallenge(
  database: Kysely<AuthTables>,
  interaction: string,
  challenge: string,
): Promise<void> {
  const row = {
    digest: digestOf(challenge),
    expires_at: sql<Date>`now() + make_interval(secs => ${lifetimes.Interaction})`,
  };
  await database
    .with("expired", (query) =>
      query
        .deleteFrom("passkey_challenge")
        .where("expires_at", "<=", sql<Date>`now()`)
        .where("interaction", "<>", interaction),
    )
    .insertInto("passkey_challenge")
    .values({ interaction, ...row })
    .onConflict((conflict) => conflict.column("interaction").doUpdateSet(row))
    .execute();
}

/** Whether it was kept for this interaction and not taken before; of parallel calls one is told so. */
export async function takeChallenge(
  database: Kysely<AuthTables>,
  interaction: string,
  challenge: string,
): Promise<boolean> {
  const taken = await database
    .deleteFrom("passkey_challenge")
    .where("interaction", "=", interaction)
    .where("digest", "=", digestOf(challenge))
    .where("expires_at", ">", sql<Date>`now()`)
    .returning("interaction")
    .executeTakeFirst();
  return taken !== undefined;
}

function digestOf(challenge: string): string {
  return createHash("sha256").update(challenge).digest("base64url");
}
