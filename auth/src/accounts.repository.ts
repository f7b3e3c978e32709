import { type Kysely, type Transaction, sql } from "kysely";
import type { AuthTables } from "./tables.ts";

/** A person who may sign in. */
export type Account = {
  readonly id: string;
  readonly signIn: string;
  readonly displayName: string;
  readonly role: string;
  /** Null for people without an employee record. */
  readonly employeeId: string | null;
};

export type KnownAccount = Account & { readonly disabled: boolean };

export type NewAccount = {
  readonly account: Account;
  readonly passwordHash: string;
};

/**
 * The account by its id; undefined if there is none, it is disabled, or what began
 * with a sign-in at that time, in epoch seconds, has ended.
 */
export async function findAccount(
  database: Kysely<AuthTables>,
  id: string,
  signedInAt = Infinity,
): Promise<Account | undefined> {
  return enabledAccounts(database)
    .where("id", "=", id)
    .where((eb) =>
      eb.or([
        eb("signed_out_at", "is", sql<null>`null`),
        eb(
          "signed_out_at",
          "<=",
          sql<Date>`to_timestamp(${signedInAt}::float8)`,
        ),
      ]),
    )
    .executeTakeFirst();
}

/** PostgreSQL's text holds every sign but this one. */
const unstorable = "\0";

/** With the hash its password is checked against. */
export async function findBySignIn(
  database: Kysely<AuthTables>,
  signIn: string,
): Promise<NewAccount | undefined> {
  if (signIn.includes(unstorable)) return undefined;
  const row = await enabledAccounts(database)
    .select("password_hash as passwordHash")
    .where("sign_in", "=", signIn)
    .executeTakeFirst();
  if (!row) return undefined;
  const { passwordHash, ...account } = row;
  return { account, passwordHash };
}

/** Those of the ids that are taken, by disabled accounts too. */
export async function takenIds(
  database: Kysely<AuthTables>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database
    .selectFrom("account")
    .select("id")
    .where("id", "in", ids)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Leaves accounts that exist as they are. @returns the ids of those inserted */
export async function insertAccounts(
  database: Kysely<AuthTables>,
  accounts: readonly NewAccount[],
): Promise<readonly string[]> {
  const values = accounts.map(({ account, passwordHash }) => ({
    id: account.id,
    sign_in: account.signIn,
    password_hash: passwordHash,
    display_name: account.displayName,
    role: account.role,
    employee_id: account.employeeId,
    disabled_at: null,
  }));
  const rows = await database
    .insertInto("account")
    .values(values)
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .execute();
  return rows.map(({ id }) => id);
}

/** Disabled ones too, by the name they sign in with. */
export function listAccounts(
  database: Kysely<AuthTables>,
): Promise<readonly KnownAccount[]> {
  return knownAccounts(database).orderBy("sign_in").execute();
}

/** Disabled or not; nobody else changes it until the transaction ends. */
export function lockAccount(
  transaction: Transaction<AuthTables>,
  id: string,
): Promise<KnownAccount | undefined> {
  return knownAccounts(transaction)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
}

export async function setRole(
  transaction: Transaction<AuthTables>,
  { id, role }: Pick<Account, "id" | "role">,
): Promise<void> {
  await transaction
    .updateTable("account")
    .set({ role })
    .where("id", "=", id)
    .execute();
}

export async function setPasswordHash(
  transaction: Transaction<AuthTables>,
  { id, passwordHash }: { readonly id: string; readonly passwordHash: string },
): Promise<void> {
  await transaction
    .updateTable("account")
    .set({ password_hash: passwordHash })
    .where("id", "=", id)
    .execute();
}

/** Disabled since when it first was. */
export async function setDisabled(
  transaction: Transaction<AuthTables>,
  { id, disabled }: Pick<KnownAccount, "id" | "disabled">,
): Promise<void> {
  const since = disabled ? sql<Date>`coalesce(disabled_at, now())` : null;
  await transaction
    .updateTable("account")
    .set({ disabled_at: since })
    .where("id", "=", id)
    .execute();
}

/**
 * Sessions, grants and all that hangs on them: codes, refresh tokens, device codes. A
 * request under way may write its own again, so the time is kept as well: in whole
 * seconds, as sign-ins are.
 */
export async function endSignIns(
  transaction: Transaction<AuthTables>,
  accountId: string,
): Promise<void> {
  await transaction
    .updateTable("account")
    .set({
      signed_out_at: sql<Date>`date_trunc('second', clock_timestamp()) + interval '1 second'`,
    })
    .where("id", "=", accountId)
    .execute();
  await transaction
    .deleteFrom("oidc_record")
    .where(sql`payload ->> 'accountId'`, "=", accountId)
    .execute();
}

function knownAccounts(database: Kysely<AuthTables>) {
  return allAccounts(database).select(
    sql<boolean>`disabled_at is not null`.as("disabled"),
  );
}

function enabledAccounts(database: Kysely<AuthTables>) {
  return allAccounts(database).where("disabled_at", "is", sql<null>`null`);
}

function allAccounts(database: Kysely<AuthTables>) {
  return database
    .selectFrom("account")
    .select([
      "id",
      "sign_in as signIn",
      "display_name as displayName",
      "role",
      "employee_id as employeeId",
    ]);
}
