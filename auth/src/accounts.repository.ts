import { type Kysely, sql } from "kysely";
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

export type NewAccount = {
  readonly account: Account;
  readonly passwordHash: string;
};

/** The account by its id; undefined if there is none or it is disabled. */
export async function findAccount(
  database: Kysely<AuthTables>,
  id: string,
): Promise<Account | undefined> {
  return enabledAccounts(database).where("id", "=", id).executeTakeFirst();
}

/** With the hash its password is checked against. */
export async function findBySignIn(
  database: Kysely<AuthTables>,
  signIn: string,
): Promise<NewAccount | undefined> {
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

/** Leaves accounts that exist as they are. */
export async function insertAccounts(
  database: Kysely<AuthTables>,
  accounts: readonly NewAccount[],
): Promise<void> {
  const rows = accounts.map(({ account, passwordHash }) => ({
    id: account.id,
    sign_in: account.signIn,
    password_hash: passwordHash,
    display_name: account.displayName,
    role: account.role,
    employee_id: account.employeeId,
    disabled_at: null,
  }));
  await database
    .insertInto("account")
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function enabledAccounts(database: Kysely<AuthTables>) {
  return database
    .selectFrom("account")
    .select([
      "id",
      "sign_in as signIn",
      "display_name as displayName",
      "role",
      "employee_id as employeeId",
    ])
    .where("disabled_at", "is", sql<null>`null`);
}
