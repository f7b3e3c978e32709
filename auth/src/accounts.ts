import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import { hashPassword, passwordMatches } from "./account-passwords.ts";
import {
  type Account,
  findAccount,
  findBySignIn,
} from "./accounts.repository.ts";
import {
  addressCounter,
  charge,
  counterOf,
  forgive,
  refund,
} from "./sign-in-attempts.repository.ts";
import type { AuthTables } from "./tables.ts";

export type { Account } from "./accounts.repository.ts";

export type Attempt = {
  readonly signIn: string;
  readonly password: string;
  /** Network address the attempt comes from. */
  readonly address: string;
};

export type SignInOutcome =
  | { readonly kind: "signed-in"; readonly account: Account }
  | { readonly kind: "refused" }
  | { readonly kind: "locked"; readonly seconds: number };

export type Accounts = {
  /**
   * Undefined if there is none, it is disabled, or it was signed out everywhere
   * after the sign-in, in epoch seconds, that is asked about.
   */
  find(id: string, signedInAt?: number): Promise<Account | undefined>;
  /**
   * Unknown name, wrong password and disabled account are one outcome at one cost.
   * Five free failures an account and fifty an address in an hour, then locks.
   */
  signIn(attempt: Attempt): Promise<SignInOutcome>;
};

const freeByAccount = 5;
const freeByAddress = 50;

export async function openAccounts(
  database: Kysely<AuthTables>,
): Promise<Accounts> {
  const decoy = await hashPassword(randomBytes(32).toString("base64url"));
  return {
    find: (id, signedInAt) => findAccount(database, id, signedInAt),
    signIn: (attempt) => signIn(database, decoy, attempt),
  };
}

async function signIn(
  database: Kysely<AuthTables>,
  decoy: string,
  attempt: Attempt,
): Promise<SignInOutcome> {
  const signIn = attempt.signIn.trim().toLowerCase();
  const byAddress = addressCounter("address", attempt.address, freeByAddress);
  const byAccount = counterOf("account", signIn, freeByAccount);
  const seconds =
    (await charge(database, byAddress)) || (await charge(database, byAccount));
  if (seconds > 0) return { kind: "locked", seconds };
  const found = await findBySignIn(database, signIn);
  const hashed = found?.passwordHash ?? decoy;
  const right = await passwordMatches(hashed, attempt.password);
  if (!right || !found) return { kind: "refused" };
  await forgive(database, byAccount.key);
  await refund(database, byAddress.key);
  return { kind: "signed-in", account: found.account };
}
