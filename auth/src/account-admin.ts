import { randomBytes } from "node:crypto";
import type { Database } from "@hr/database";
import type { Transaction } from "kysely";
import {
  type PasswordRules,
  hashPassword,
  passwordFaults,
} from "./account-passwords.ts";
import {
  type Account,
  type KnownAccount,
  endSignIns,
  insertAccounts,
  listAccounts,
  lockAccount,
  setDisabled,
  setPasswordHash,
  setRole,
} from "./accounts.repository.ts";
import { AdminError, demandNone } from "./admin-error.ts";
import { deny } from "./denied.repository.ts";
import { removePasskeys } from "./passkeys.repository.ts";
import { type Role, roleScopes } from "./roles.ts";
import type { AuthTables } from "./tables.ts";

export type { Account, KnownAccount } from "./accounts.repository.ts";

export type NewPerson = Omit<Account, "id"> & { readonly password: string };

/**
 * What is done to accounts beside the running servers. What ends a sign-in deletes
 * the account's sessions and grants, and denies its access tokens, in the
 * transaction that does what they end for.
 */
export type AccountAdmin = {
  list(): Promise<readonly KnownAccount[]>;
  /** @throws AdminError with all that is wrong, a name that is taken included */
  add(person: NewPerson): Promise<Account>;
  /** Ends sessions and grants. */
  disable(id: string): Promise<void>;
  enable(id: string): Promise<void>;
  /** Grants stay: the role is read again at the next refresh, which comes at once. */
  setRole(id: string, role: Role): Promise<void>;
  /** Ends sessions and grants. @throws AdminError if the rules refuse it */
  setPassword(id: string, password: string): Promise<void>;
  endSessions(id: string): Promise<void>;
  /** For who lost them: the password alone adds the first again. Ends sessions and grants. */
  removePasskeys(id: string): Promise<void>;
};

export function accountAdmin(
  database: Pick<Database<AuthTables>, "query" | "transaction">,
  { shortest }: Pick<PasswordRules, "shortest">,
): AccountAdmin {
  const change = (id: string, work: Change) =>
    database.transaction(async (transaction) => {
      const account = await lockAccount(transaction, id);
      if (!account) throw new AdminError(`There is no account ${id}.`);
      await work(transaction, account);
    });
  return {
    list: () => listAccounts(database.query),
    add: (person) => add(database, person, shortest),
    disable: (id) =>
      change(id, async (transaction) => {
        await setDisabled(transaction, { id, disabled: true });
        await endSessions(transaction, id);
      }),
    enable: (id) =>
      change(id, (transaction) =>
        setDisabled(transaction, { id, disabled: false }),
      ),
    setRole: (id, role) =>
      change(id, async (transaction) => {
        await setRole(transaction, { id, role });
        await denyTokens(transaction, id);
      }),
    setPassword: (id, password) =>
      change(id, async (transaction, { signIn }) => {
        const faults = passwordFaults(password, { shortest, signIn });
        demandNone("The password is refused.", faults);
        const passwordHash = await hashPassword(password);
        await setPasswordHash(transaction, { id, passwordHash });
        await endSessions(transaction, id);
      }),
    endSessions: (id) =>
      change(id, (transaction) => endSessions(transaction, id)),
    removePasskeys: (id) =>
      change(id, async (transaction) => {
        await removePasskeys(transaction, id);
        await endSessions(transaction, id);
      }),
  };
}

type Change = (
  transaction: Transaction<AuthTables>,
  account: KnownAccount,
) => Promise<void>;

async function add(
  { query }: Pick<Database<AuthTables>, "query">,
  { password, ...person }: NewPerson,
  shortest: number,
): Promise<Account> {
  const signIn = person.signIn.trim().toLowerCase();
  const id = `usr_${randomBytes(12).toString("base64url")}`;
  const account = { ...person, signIn, id };
  demandNone("The account is refused.", [
    ...accountFaults(account),
    ...passwordFaults(password, { shortest, signIn }),
  ]);
  const passwordHash = await hashPassword(password);
  const [inserted] = await insertAccounts(query, [{ account, passwordHash }]);
  if (inserted === undefined)
    throw new AdminError(`Somebody signs in as ${signIn} already.`);
  return account;
}

function accountFaults(account: Account): readonly string[] {
  const { signIn, displayName, role, employeeId } = account;
  return [
    ...(/^[^\s\p{C}]{1,254}$/u.test(signIn)
      ? []
      : ["a name to sign in with has 1 to 254 characters and no spaces"]),
    ...(/^[^\p{C}]{1,200}$/u.test(displayName.trim())
      ? []
      : ["a display name has 1 to 200 characters"]),
    ...(Object.hasOwn(roleScopes, role) ? [] : [`there is no role ${role}`]),
    ...(employeeId === null || /^emp_[A-Za-z0-9_-]+$/.test(employeeId)
      ? []
      : ["an employee id looks like emp_ada"]),
  ];
}

async function endSessions(transaction: Transaction<AuthTables>, id: string) {
  await endSignIns(transaction, id);
  await denyTokens(transaction, id);
}

function denyTokens(transaction: Transaction<AuthTables>, id: string) {
  return deny(transaction, [{ kind: "sub", value: id }]);
}
