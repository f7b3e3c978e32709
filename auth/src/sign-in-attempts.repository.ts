import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { type Kysely, sql } from "kysely";
import type { AuthTables } from "./tables.ts";

const longestLockSeconds = 900;

/** What attempts are counted by, and how many may fail within an hour. */
export type Counter = { readonly key: string; readonly free: number };

/** Counts by address; of IPv6 by its /64, all of which one caller has. */
export function addressCounter(
  kind: string,
  address: string,
  free: number,
): Counter {
  return counterOf(kind, networkOf(address), free);
}

/** By digest, because a password typed into the name field would else be stored. */
export function counterOf(kind: string, value: string, free: number): Counter {
  const key = createHash("sha256")
    .update(`${kind}:${value}`)
    .digest("base64url");
  return { key, free };
}

function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [before = "", after = ""] = address.split("::");
  const groups = before.split(":").filter(Boolean);
  const last = after.split(":").filter(Boolean);
  while (groups.length + last.length < 8) groups.push("0");
  return [...groups, ...last]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

/**
 * Counts an attempt as failed before it is made, in one statement, so parallel
 * guesses cannot slip past the limit. Beyond the free ones each failure locks for
 * 2ⁿ seconds, 15 minutes at most.
 * @returns seconds left of a lock, in which case nothing was counted; 0: go ahead.
 */
export async function charge(
  database: Kysely<AuthTables>,
  { key, free }: Counter,
): Promise<number> {
  const over = sql`sign_in_attempt.counted_since < now() - interval '1 hour'`;
  const failures = sql<number>`case when ${over} then 1 else sign_in_attempt.failures + 1 end`;
  const beyond = sql<number>`least((${failures}) - ${free}::integer, 10)`;
  const charged = await database
    .insertInto("sign_in_attempt")
    .values({ key, failures: 1 })
    .onConflict((conflict) =>
      conflict
        .column("key")
        .doUpdateSet({
          failures,
          counted_since: sql`case when ${over} then now() else sign_in_attempt.counted_since end`,
          locked_until: sql`case when ${beyond} > 0
            then now() + make_interval(secs => least(power(2, ${beyond}), ${longestLockSeconds}))
            else '-infinity' end`,
        })
        .where("sign_in_attempt.locked_until", "<=", sql<Date>`now()`),
    )
    .returning("key")
    .executeTakeFirst();
  return charged ? 0 : secondsLocked(database, key);
}

/** After success: the attempts so far were the owner's own mistakes. */
export async function forgive(
  database: Kysely<AuthTables>,
  key: string,
): Promise<void> {
  await database.deleteFrom("sign_in_attempt").where("key", "=", key).execute();
}

/** Takes back one charge: the attempt was no failure, the others stand. */
export async function refund(
  database: Kysely<AuthTables>,
  key: string,
): Promise<void> {
  await database
    .updateTable("sign_in_attempt")
    .set({
      failures: sql<number>`greatest(failures - 1, 0)`,
      locked_until: sql<Date>`'-infinity'`,
    })
    .where("key", "=", key)
    .execute();
}

/** Deletes what no longer counts. */
export async function sweepAttempts(
  database: Kysely<AuthTables>,
): Promise<void> {
  await database
    .deleteFrom("sign_in_attempt")
    .where("counted_since", "<", sql<Date>`now() - interval '1 hour'`)
    .where("locked_until", "<", sql<Date>`now()`)
    .execute();
}

async function secondsLocked(
  database: Kysely<AuthTables>,
  key: string,
): Promise<number> {
  const row = await database
    .selectFrom("sign_in_attempt")
    .select(
      sql<number>`ceil(extract(epoch from locked_until - now()))::integer`.as(
        "seconds",
      ),
    )
    .where("key", "=", key)
    .executeTakeFirst();
  return Math.max(row?.seconds ?? 1, 1);
}
