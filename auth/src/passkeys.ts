import type { Database } from "@hr/database";
import type { Logger } from "@hr/service";
import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
} from "@simplewebauthn/server";
import type { Account, SignInOutcome } from "./accounts.ts";
import { findAccount } from "./accounts.repository.ts";
import { lifetimes } from "./lifetimes.ts";
import {
  type KnownPasskey,
  addPasskey,
  countUse,
  findPasskey,
  keepChallenge,
  listPasskeys,
  removePasskey,
  takeChallenge,
} from "./passkeys.repository.ts";
import {
  algorithms,
  handleOf,
  readCredential,
  siteOf,
  verifyNew,
  verifyUse,
} from "./passkeys-verify.ts";
import {
  charge,
  addressCounter,
  refund,
} from "./sign-in-attempts.repository.ts";
import type { AuthTables } from "./tables.ts";

export type { KnownPasskey } from "./passkeys.repository.ts";

/** What a browser sends back from `navigator.credentials`, as JSON text. */
export type PasskeyAnswer = {
  /** The interaction it was asked in: the challenge is good for no other. */
  readonly interaction: string;
  readonly credential: string;
};

export type Passkeys = {
  of(accountId: string): Promise<readonly KnownPasskey[]>;
  /** Options for `navigator.credentials.get`; without an account any passkey of this site will do. */
  askForUse(
    interaction: string,
    accountId?: string,
  ): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /**
   * Takes the challenge, whatever comes of it. An unknown passkey, a disabled account,
   * another account than the one given, a challenge used before, a wrong origin or
   * signature, a person the device did not verify, and a counter that did not move on
   * are one outcome. Fifty failures an address in an hour, then locks.
   */
  use(
    answer: PasskeyAnswer,
    by: { readonly address: string; readonly accountId?: string },
  ): Promise<SignInOutcome>;
  /** Options for `navigator.credentials.create`. */
  askForNew(
    interaction: string,
    account: Account,
  ): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** @returns false if it is refused. @param first only if the account has none */
  add(
    answer: PasskeyAnswer,
    account: Account,
    only: { readonly first: boolean },
  ): Promise<boolean>;
  /** The last one stays. */
  remove(id: string, accountId: string): Promise<void>;
};

export type PasskeySettings = {
  readonly database: Pick<Database<AuthTables>, "query" | "transaction">;
  readonly logger: Logger;
  /** Passkeys are good for its origin alone. */
  readonly issuer: string;
};

const freeByAddress = 50;

/**
 * Passkeys (Web Authentication, level 3). A person is always verified by the device;
 * no attestation is asked for, so any device will do.
 */
export function openPasskeys(settings: PasskeySettings): Passkeys {
  const { database } = settings;
  const { query } = database;
  return {
    of: (accountId) => listPasskeys(query, accountId),
    askForUse: (interaction, accountId) =>
      askForUse(settings, interaction, accountId),
    use: (answer, by) => use(settings, answer, by),
    askForNew: (interaction, account) =>
      askForNew(settings, interaction, account),
    add: (answer, account, only) => add(settings, answer, account, only),
    remove: (id, accountId) =>
      database.transaction((transaction) =>
        removePasskey(transaction, { id, accountId }),
      ),
  };
}

async function askForUse(
  { database, issuer }: PasskeySettings,
  interaction: string,
  accountId: string | undefined,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const known =
    accountId === undefined
      ? []
      : await listPasskeys(database.query, accountId);
  const options = await generateAuthenticationOptions({
    rpID: siteOf(issuer),
    allowCredentials: known.map(asDescriptor),
    userVerification: "required",
    timeout,
  });
  await keepChallenge(database.query, interaction, options.challenge);
  return options;
}

async function use(
  settings: PasskeySettings,
  answer: PasskeyAnswer,
  by: { readonly address: string; readonly accountId?: string },
): Promise<SignInOutcome> {
  const { query } = settings.database;
  const counter = addressCounter("passkey", by.address, freeByAddress);
  const seconds = await charge(query, counter);
  if (seconds > 0) return { kind: "locked", seconds };
  const owner = await ownerOf(settings, answer, by.accountId);
  const account = owner && (await findAccount(query, owner));
  if (!account) return { kind: "refused" };
  await refund(query, counter.key);
  return { kind: "signed-in", account };
}

/** Whose passkey answered, if it was rightly used. */
async function ownerOf(
  settings: PasskeySettings,
  { interaction, credential }: PasskeyAnswer,
  wanted: string | undefined,
): Promise<string | undefined> {
  const { database, logger, issuer } = settings;
  const read = readCredential(credential);
  if (!read) return undefined;
  const { query } = database;
  const taken = await takeChallenge(query, interaction, read.challenge);
  const passkey = await findPasskey(query, read.id);
  if (!taken || !passkey) return undefined;
  const { accountId } = passkey;
  if (wanted !== undefined && wanted !== accountId) return undefined;
  const used = await verifyUse(read, { issuer, passkey });
  if (!used) return undefined;
  if (await countUse(query, used)) return accountId;
  logger.warn({ sub: accountId }, "passkey refused: its counter went back");
  return undefined;
}

async function askForNew(
  { database, issuer }: PasskeySettings,
  interaction: string,
  account: Account,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const known = await listPasskeys(database.query, account.id);
  const options = await generateRegistrationOptions({
    rpName: "HR",
    rpID: siteOf(issuer),
    userID: handleOf(account.id),
    userName: account.signIn,
    userDisplayName: account.displayName,
    excludeCredentials: known.map(asDescriptor),
    authenticatorSelection: {
      residentKey: "required",
      userVerification: "required",
    },
    attestationType: "none",
    supportedAlgorithmIDs: algorithms,
    timeout,
  });
  await keepChallenge(database.query, interaction, options.challenge);
  return options;
}

async function add(
  { database, issuer }: PasskeySettings,
  { interaction, credential }: PasskeyAnswer,
  account: Account,
  only: { readonly first: boolean },
): Promise<boolean> {
  const read = readCredential(credential);
  if (!read) return false;
  const { query } = database;
  const taken = await takeChallenge(query, interaction, read.challenge);
  const made = taken && (await verifyNew(read, issuer));
  if (!made) return false;
  const passkey = { ...made, accountId: account.id };
  return database.transaction((transaction) =>
    addPasskey(transaction, passkey, only),
  );
}

/** For how long a browser waits for its person, in milliseconds. */
const timeout = lifetimes.Interaction * 1_000;

function asDescriptor({ id, transports }: KnownPasskey) {
  return { id, transports: [...transports] };
}
