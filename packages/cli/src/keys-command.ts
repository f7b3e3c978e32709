import { join, resolve } from "node:path";
import {
  type AuthAdmin,
  type SigningKeys,
  createSigningKeys,
  listSigningKeys,
} from "@hr/auth/admin";
import {
  type StagedKey,
  dropInternalKey,
  listInternalKeys,
  publishMs,
  retireMs,
  rotateInternalKeys,
} from "@hr/tokens";
import { withAuthAdmin } from "./auth-admin.ts";
import { CliError } from "./cli-error.ts";
import { readPrivate } from "./private-file.ts";
import { type Environment, type Place, readPlace } from "./settings.ts";
import { table } from "./table.ts";
import type { Listing, Where } from "./user-command.ts";

type Whose = { readonly gateway?: true };
export type ListOptions = Listing & Whose;
export type ChangeOptions = Where & Whose & { readonly force?: true };

/** The keys of one service, wherever it keeps them. */
type KeyRing = Pick<SigningKeys, "rotate" | "drop"> & {
  list(): Promise<readonly StagedKey[]>;
};

const secretVariable = "KEY_ENCRYPTION_KEY";

export async function listKeys(
  options: ListOptions,
  env: Environment,
): Promise<void> {
  const days = rotationDays(env);
  await withKeyRing(options, env, async (ring) => {
    const keys = await ring.list();
    process.stdout.write(
      options.json ? `${JSON.stringify(keys, null, 2)}\n` : shown(keys, days),
    );
  });
}

/** @throws CliError saying from when on it may be done */
export async function rotateKeys(
  options: ChangeOptions,
  env: Environment,
): Promise<void> {
  const days = rotationDays(env);
  await withKeyRing(options, env, async (ring) => {
    await ring.rotate(options);
    process.stdout.write(
      `Rotated: every instance signs with the new key within a minute.\n\n${shown(await ring.list(), days)}`,
    );
  });
}

/** @throws CliError when there is no such key, or as `rotateKeys` does */
export async function dropKey(
  kid: string,
  options: ChangeOptions,
  env: Environment,
): Promise<void> {
  const days = rotationDays(env);
  await withKeyRing(options, env, async (ring) => {
    await ring.drop(kid, options);
    process.stdout.write(
      `Dropped: what it signed is refused once those who verify have read the keys again, after six minutes at most.\n\n${shown(await ring.list(), days)}`,
    );
  });
}

async function withKeyRing(
  options: Where & Whose,
  env: Environment,
  work: (ring: KeyRing) => Promise<void>,
): Promise<void> {
  const place = readPlace(env, options.data);
  try {
    if (options.gateway) await work(fileRing(place, env));
    else
      await withAuthAdmin(place, env, ({ query }) =>
        work(databaseRing(query, place, env)),
      );
  } catch (error) {
    throw isExplained(error) ? new CliError(error.message) : error;
  }
}

function fileRing({ dataFolder }: Place, env: Environment): KeyRing {
  const file = resolve(
    env["GATEWAY_KEYS_FILE"] || join(dataFolder, "gateway/internal-keys.json"),
  );
  return {
    list: () => listInternalKeys(file),
    rotate: (options) => rotateInternalKeys(file, options),
    drop: (kid, options) => dropInternalKey(file, kid, options),
  };
}

function databaseRing(
  query: AuthAdmin["query"],
  place: Place,
  env: Environment,
): KeyRing {
  const keys = async () =>
    createSigningKeys(query, await keyEncryptionKey(place, env));
  return {
    list: () => listSigningKeys(query),
    rotate: async (options) => (await keys()).rotate(options),
    drop: async (kid, options) => (await keys()).drop(kid, options),
  };
}

/** As the auth service reads it: given, or made at its first start. */
async function keyEncryptionKey(
  { dataFolder }: Place,
  env: Environment,
): Promise<string> {
  const file = join(dataFolder, "auth/secrets.json");
  const made = await readPrivate(file);
  const kept = JSON.parse(made ?? "{}") as Readonly<Record<string, string>>;
  const secret = env[secretVariable] || kept[secretVariable];
  if (!secret)
    throw new CliError(
      `${secretVariable} is missing: give that of the auth service, which a new key is sealed under.`,
    );
  return secret;
}

function rotationDays(env: Environment): number {
  const text = env["KEY_ROTATION_DAYS"] || "90";
  if (!/^\d{1,4}$/.test(text))
    throw new CliError(
      "KEY_ROTATION_DAYS is malformed: give a number of days; 0: only by command.",
    );
  return Number(text);
}

function shown(keys: readonly StagedKey[], days: number): string {
  return table(
    ["kid", "state", "since", "next"],
    keys.map((key) => [key.kid, key.stage, minute(key.since), next(key, days)]),
  );
}

function next({ stage, since }: StagedKey, days: number): string {
  if (stage === "pending")
    return `may be activated from ${minute(since + publishMs)} on`;
  if (stage === "retired")
    return `verifies until ${minute(since + retireMs)}, then it is deleted`;
  if (days === 0) return "signs until somebody rotates";
  return `signs; rotated by schedule on ${minute(since + days * 24 * 3_600_000)}`;
}

/** `2026-03-31 10:15 UTC` */
function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Its message says what to do. */
function isExplained(error: unknown): error is Error {
  return (
    error instanceof Error &&
    ["ConfigError", "KeyOrderError", "PrivateFileError"].includes(error.name)
  );
}
