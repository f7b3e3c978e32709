import {
  type CryptoKey,
  type JSONWebKeySet,
  type JWK,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
} from "jose";
import { internalToken } from "./internal-token.ts";
import { isJsonObject } from "./json-segment.ts";
import {
  type KeyChange,
  type KeyStage,
  type StagedKey,
  dropKey,
  isRotationDue,
  rotateKeys,
  unexpiredKeys,
} from "./key-order.ts";
import {
  PrivateFileError,
  createPrivateFile,
  readPrivateFile,
  replacePrivateFile,
  whileLocked,
} from "./private-file.ts";

/** The key that signs internal tokens, and the public halves of all that may have signed one. */
export type InternalKeys = {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwks: JSONWebKeySet;
};

type KeptKey = StagedKey & { readonly jwk: JWK };

type ChangeOptions = {
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** Also activates a key that was published for less than 15 minutes. */
  readonly force?: boolean;
};

const curve = "Ed25519";

/**
 * Opens the file of keys that all replicas of a gateway share, mode 0600. With
 * `create`, a missing file is made; of several processes that do so at once all use
 * the same one.
 * @throws PrivateFileError saying what is wrong with the file.
 */
export async function openInternalKeys(
  file: string,
  {
    create = false,
    clock = Date.now,
  }: { readonly create?: boolean; readonly clock?: () => number } = {},
): Promise<InternalKeys> {
  if (create && !(await readKeys(file)))
    await createPrivateFile(file, serialize(await firstKeys(clock())));
  return assemble(unexpiredKeys(await demandKeys(file), clock()));
}

/**
 * One step of the order pending → active → retired → gone: the pending key signs from
 * when the gateways have read the file again, and a new one is published.
 * @throws KeyOrderError when the pending key is too young; PrivateFileError when the file is unusable.
 */
export function rotateInternalKeys(
  file: string,
  options: ChangeOptions = {},
): Promise<void> {
  return changeKeys(file, options, rotateKeys);
}

/**
 * Takes a key out at once; an active one is replaced by the pending one.
 * @throws KeyOrderError when there is none of this id, or as a rotation does.
 */
export function dropInternalKey(
  file: string,
  kid: string,
  options: ChangeOptions = {},
): Promise<void> {
  return changeKeys(file, options, (keys, change) =>
    dropKey(keys, kid, change),
  );
}

/**
 * What time brings: a rotation after so many days (0: never), and retired keys go
 * after 24 h. Of several processes that see it due one does it.
 * @throws Error when the file is unusable, or has to be changed and cannot be.
 */
export async function tendInternalKeys(
  file: string,
  {
    rotationDays,
    clock = Date.now,
  }: { readonly rotationDays: number; readonly clock?: () => number },
): Promise<void> {
  const isDue = (keys: readonly KeptKey[]) =>
    isRotationDue(keys, rotationDays, clock());
  const kept = await demandKeys(file);
  const isExpired = unexpiredKeys(kept, clock()).length < kept.length;
  if (!isExpired && !isDue(kept)) return;
  await changeKeys(file, { clock }, (keys, change) =>
    isDue(keys) ? rotateKeys(keys, change) : keys,
  );
}

/** For whoever administers them: no part of the keys themselves. */
export async function listInternalKeys(
  file: string,
): Promise<readonly StagedKey[]> {
  const keys = await demandKeys(file);
  return keys.map(({ kid, stage, since }) => ({ kid, stage, since }));
}

/** Keys of a test's or a process's own, kept nowhere. */
export async function generateInternalKeys(): Promise<InternalKeys> {
  return assemble([await newKey("active", Date.now())]);
}

async function changeKeys(
  file: string,
  { clock = Date.now, force = false }: ChangeOptions,
  step: (
    keys: readonly KeptKey[],
    change: KeyChange<KeptKey>,
  ) => readonly KeptKey[],
): Promise<void> {
  await whileLocked(file, async () => {
    const now = clock();
    const fresh = await newKey("pending", now);
    const keys = unexpiredKeys(await demandKeys(file), now);
    const changed = step(keys, { fresh, now, force });
    await replacePrivateFile(file, serialize(changed));
  });
}

async function demandKeys(file: string): Promise<readonly KeptKey[]> {
  const kept = await readKeys(file);
  if (!kept) throw new PrivateFileError(`${file} does not exist.`);
  return kept;
}

async function readKeys(file: string): Promise<readonly KeptKey[] | null> {
  const text = await readPrivateFile(file);
  if (text === null) return null;
  const entries = parseEntries(text);
  const active = entries?.filter(({ stage }) => stage === "active");
  if (!entries || active?.length !== 1)
    throw new PrivateFileError(
      `${file} is malformed: it must hold Ed25519 keys, exactly one of them active.`,
    );
  return Promise.all(entries.map(keptKey));
}

/** A key as the file has it; one that never changed its stage may say only when it was made. */
type Entry = {
  readonly stage: KeyStage;
  readonly since?: number;
  readonly createdAt?: number;
  readonly jwk: JWK;
};

function parseEntries(text: string): readonly Entry[] | null {
  try {
    const { keys } = JSON.parse(text) as { readonly keys: unknown };
    return Array.isArray(keys) && keys.every(isEntry) ? keys : null;
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is Entry {
  if (!isJsonObject(value) || !isJsonObject(value["jwk"])) return false;
  const { stage, since, createdAt, jwk } = value;
  return (
    ["pending", "active", "retired"].includes(String(stage)) &&
    typeof (since ?? createdAt) === "number" &&
    jwk["crv"] === curve &&
    typeof jwk["x"] === "string" &&
    typeof jwk["d"] === "string"
  );
}

async function keptKey(entry: Entry): Promise<KeptKey> {
  const { stage, since, createdAt, jwk } = entry;
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, stage, since: since ?? createdAt ?? 0, jwk };
}

function firstKeys(now: number): Promise<readonly KeptKey[]> {
  const stages = ["active", "pending"] as const;
  return Promise.all(stages.map((stage) => newKey(stage, now)));
}

async function newKey(stage: KeyStage, since: number): Promise<KeptKey> {
  const { privateKey } = await generateKeyPair(internalToken.algorithm, {
    crv: curve,
    extractable: true,
  });
  return keptKey({ stage, since, jwk: await exportJWK(privateKey) });
}

function serialize(keys: readonly KeptKey[]): string {
  const entries = keys.map(({ stage, since, jwk }) => ({ stage, since, jwk }));
  return `${JSON.stringify({ keys: entries }, null, 2)}\n`;
}

async function assemble(kept: readonly KeptKey[]): Promise<InternalKeys> {
  const active = kept.find(({ stage }) => stage === "active");
  if (!active) throw new Error("There is no active key.");
  const { algorithm } = internalToken;
  return {
    kid: active.kid,
    privateKey: (await importJWK(active.jwk, algorithm)) as CryptoKey,
    jwks: { keys: kept.map(publicHalf) },
  };
}

function publicHalf({ kid, jwk: { crv, x } }: KeptKey): JWK {
  const { algorithm } = internalToken;
  return { kty: "OKP", crv, x, kid, alg: algorithm, use: "sig" } as JWK;
}
