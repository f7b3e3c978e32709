import { type Kysely, type Transaction, sql } from "kysely";
import { accessTokenSeconds } from "./lifetimes.ts";
import type { AuthTables } from "./tables.ts";

/** What is refused before it expires. */
export type Denial =
  | { readonly kind: "gid"; readonly value: string }
  /** All tokens of a person or machine issued so far. */
  | { readonly kind: "sub"; readonly value: string }
  | {
      readonly kind: "jti";
      readonly value: string;
      /** Claim `exp`, epoch seconds. */
      readonly expiresAt: number;
    };

/** As the feed states it; times in epoch seconds. */
export type DeniedEntry = {
  readonly seq: number;
  readonly kind: "jti" | "gid" | "sub";
  readonly value: string;
  readonly before?: number;
  readonly until: number;
};

/** What a token is known by. */
export type TokenIdentity = {
  readonly jti: string;
  readonly gid: string | undefined;
  readonly sub: string;
  readonly iat: number;
};

/** Longer than clocks may differ. */
const marginSeconds = 60;
const feedLock = 7_265_101;
const longestPage = 1_000;

/**
 * Denies within the transaction that does what it is denied for, so that nothing is
 * answered before it is in force. One writer at a time: readers that follow by
 * sequence number would else miss an entry committed after a later one.
 */
export async function deny(
  transaction: Transaction<AuthTables>,
  denials: readonly Denial[],
): Promise<void> {
  if (denials.length === 0) return;
  await sql`select pg_advisory_xact_lock(${feedLock})`.execute(transaction);
  await transaction.insertInto("denied").values(denials.map(rowOf)).execute();
}

/** Entries after a sequence number in the order they took force, at most a page of them. */
export async function readDenied(
  database: Kysely<AuthTables>,
  after: number,
): Promise<{
  readonly last: number;
  readonly entries: readonly DeniedEntry[];
}> {
  const rows = await database
    .selectFrom("denied")
    .select(["seq", "kind", "value", epoch("before"), epoch("until")])
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(longestPage)
    .execute();
  const entries = rows.map(({ before, until, ...row }) => ({
    ...row,
    ...(before !== null && { before }),
    until: until ?? 0,
  }));
  if (entries.length > 0) return { last: entries.at(-1)?.seq ?? 0, entries };
  // One that took force since is for the next reading; one that is gone was another database's.
  return { last: Math.min(after, await lastDenied(database)), entries };
}

export async function isDenied(
  database: Kysely<AuthTables>,
  { jti, gid, sub, iat }: TokenIdentity,
): Promise<boolean> {
  const row = await database
    .selectFrom("denied")
    .select("seq")
    .where((any) => {
      const is = (kind: DeniedEntry["kind"], value: string) =>
        any.and([any("kind", "=", kind), any("value", "=", value)]);
      return any.or([
        is("jti", jti),
        ...(gid === undefined ? [] : [is("gid", gid)]),
        any.and([
          is("sub", sub),
          any("before", ">", sql<Date>`to_timestamp(${iat})`),
        ]),
      ]);
    })
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Deletes what no live token can meet; the newest stays, for the feed to say how far it is. */
export async function sweepDenied(database: Kysely<AuthTables>): Promise<void> {
  await database
    .deleteFrom("denied")
    .where("until", "<", sql<Date>`now()`)
    .where("seq", "<", (query) =>
      query.selectFrom("denied").select(({ fn }) => fn.max("seq").as("last")),
    )
    .execute();
}

async function lastDenied(database: Kysely<AuthTables>): Promise<number> {
  const { last } = await database
    .selectFrom("denied")
    .select(({ fn }) => fn.coalesce(fn.max("seq"), sql<number>`0`).as("last"))
    .executeTakeFirstOrThrow();
  return last;
}

function rowOf(denial: Denial) {
  const { kind, value } = denial;
  const seconds = accessTokenSeconds + marginSeconds;
  const until =
    kind === "jti"
      ? sql<Date>`to_timestamp(${denial.expiresAt + marginSeconds})`
      : sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`;
  // Claims are whole seconds: what was issued within this one is denied with it.
  const before =
    kind === "sub"
      ? sql<Date>`date_trunc('second', clock_timestamp()) + interval '1 second'`
      : null;
  return { kind, value, until, before };
}

function epoch<Name extends "before" | "until">(name: Name) {
  return sql<
    number | null
  >`ceil(extract(epoch from ${sql.ref(name)}))::bigint`.as(name);
}
