import type { StagedKey } from "@hr/tokens";
import { type Kysely, type Transaction, sql } from "kysely";
import type { AuthTables } from "./tables.ts";

export type SealedKey = StagedKey & { readonly sealedPrivateJwk: Buffer };

const algorithm = "ES256";
const keyLock = 7_265_102;

/** The active key, the pending one, then those retired, the latest first. */
export async function readKeys(
  database: Kysely<AuthTables>,
): Promise<readonly SealedKey[]> {
  const rows = await database
    .selectFrom("signing_key")
    .select(["kid", "state as stage", "since", "sealed_private_jwk"])
    .where("algorithm", "=", algorithm)
    .orderBy("state")
    .orderBy("since", "desc")
    .execute();
  return rows.map(
    ({ sealed_private_jwk: sealedPrivateJwk, since, ...key }) => ({
      ...key,
      since: since.getTime(),
      sealedPrivateJwk,
    }),
  );
}

/**
 * Puts what `change` makes of the keys in their place; by the database's clock, and
 * one change at a time however many instances and commands there are.
 * @returns the keys as they are then
 */
export async function changeKeys(
  database: Kysely<AuthTables>,
  change: (
    keys: readonly SealedKey[],
    now: number,
  ) => Promise<readonly SealedKey[]>,
): Promise<readonly SealedKey[]> {
  return database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${keyLock})`.execute(transaction);
    const before = await readKeys(transaction);
    const after = await change(before, await readClock(transaction));
    await deleteKeys(
      transaction,
      before.filter((key) => !has(after, key)),
    );
    const changed = after.filter((key) => !before.includes(key));
    // One key makes room for the next: the indexes allow one active and one pending.
    for (const stage of ["retired", "active", "pending"])
      for (const key of changed)
        if (key.stage === stage) await putKey(transaction, key);
    return readKeys(transaction);
  });
}

async function readClock(
  transaction: Transaction<AuthTables>,
): Promise<number> {
  // Not now(): that is the time before the wait for the lock.
  const clock = sql<Date>`clock_timestamp()`.as("now");
  const { now } = await transaction
    .selectNoFrom(clock)
    .executeTakeFirstOrThrow();
  return now.getTime();
}

function has(keys: readonly SealedKey[], { kid }: SealedKey): boolean {
  return keys.some((key) => key.kid === kid);
}

async function deleteKeys(
  transaction: Transaction<AuthTables>,
  keys: readonly SealedKey[],
): Promise<void> {
  if (keys.length === 0) return;
  await transaction
    .deleteFrom("signing_key")
    .where(
      "kid",
      "in",
      keys.map(({ kid }) => kid),
    )
    .execute();
}

async function putKey(
  transaction: Transaction<AuthTables>,
  { kid, stage: state, since, sealedPrivateJwk }: SealedKey,
): Promise<void> {
  const change = { state, since: new Date(since) };
  await transaction
    .insertInto("signing_key")
    .values({
      kid,
      algorithm,
      sealed_private_jwk: sealedPrivateJwk,
      ...change,
    })
    .onConflict((conflict) => conflict.column("kid").doUpdateSet(change))
    .execute();
}
