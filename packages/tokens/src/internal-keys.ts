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
  createPrivateFile,
  readPrivateFile,
  replacePrivateFile,
} from "./private-file.ts";

/** The key that signs internal tokens, and the public halves of all that may have signed one. */
export type InternalKeys = {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwks: JSONWebKeySet;
};

/** Pending keys are published and sign nothing yet; retired ones still verify. */
type KeyStage = "pending" | "active" | "retired";

type KeptKey = {
  readonly stage: KeyStage;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly jwk: JWK;
};

const curve = "Ed25519";
/** Publication before use: time enough for every subgraph to reload its keys. */
const publishMs = 15 * 60_000;

/**
 * Opens the file of keys that all replicas of a gateway share, mode 0600. With
 * `create`, a missing file is made; of several processes that do so at once all use
 * the same one.
 * @throws Error saying what is wrong with the file.
 */
export async function openInternalKeys(
  file: string,
  { create = false }: { readonly create?: boolean } = {},
): Promise<InternalKeys> {
  const kept = await readKeys(file);
  if (kept) return assemble(kept);
  if (!create) throw new Error(`${file} does not exist.`);
  await createPrivateFile(file, await firstKeys());
  return assemble((await readKeys(file)) ?? []);
}

/**
 * One step of the order pending → active → retired → gone: what was pending signs
 * from the next start of the gateway on, and a new pending key is published.
 * @param options.force Also activates a key that was published for less than 15 minutes.
 * @throws Error when the pending key is too young, or the file is unusable.
 */
export async function rotateInternalKeys(
  file: string,
  options: { readonly clock?: () => number; readonly force?: boolean } = {},
): Promise<void> {
  const now = (options.clock ?? Date.now)();
  const kept = await readKeys(file);
  if (!kept) throw new Error(`${file} does not exist.`);
  const next = kept.find(({ stage }) => stage === "pending");
  if (!next) throw new Error(`${file} has no pending key.`);
  if (now - next.createdAt < publishMs && !options.force)
    throw new Error("The pending key was published less than 15 minutes ago.");
  const retired = kept.filter(({ stage }) => stage === "active");
  const keys: readonly KeptKey[] = [
    { ...next, stage: "active" },
    await newKey("pending", now),
    ...retired.map((key) => ({ ...key, stage: "retired" as const })),
  ];
  await replacePrivateFile(file, serialize(keys));
}

/** Keys of a test's or a process's own, kept nowhere. */
export async function generateInternalKeys(): Promise<InternalKeys> {
  return assemble([await newKey("active", Date.now())]);
}

async function readKeys(file: string): Promise<readonly KeptKey[] | null> {
  const text = await readPrivateFile(file);
  if (text === null) return null;
  const keys = parseKeys(text);
  const active = keys?.filter(({ stage }) => stage === "active");
  if (!keys || active?.length !== 1)
    throw new Error(
      `${file} is malformed: it must hold Ed25519 keys, exactly one of them active.`,
    );
  return keys;
}

function parseKeys(text: string): readonly KeptKey[] | null {
  try {
    const { keys } = JSON.parse(text) as { readonly keys: unknown };
    return Array.isArray(keys) && keys.every(isKeptKey) ? keys : null;
  } catch {
    return null;
  }
}

function isKeptKey(value: unknown): value is KeptKey {
  if (!isJsonObject(value) || !isJsonObject(value["jwk"])) return false;
  const { stage, createdAt, jwk } = value;
  return (
    ["pending", "active", "retired"].includes(String(stage)) &&
    typeof createdAt === "number" &&
    jwk["crv"] === curve &&
    typeof jwk["x"] === "string" &&
    typeof jwk["d"] === "string"
  );
}

async function firstKeys(): Promise<string> {
  const now = Date.now();
  const keys = ["active", "pending"] as const;
  return serialize(await Promise.all(keys.map((stage) => newKey(stage, now))));
}

async function newKey(stage: KeyStage, createdAt: number): Promise<KeptKey> {
  const { privateKey } = await generateKeyPair(internalToken.algorithm, {
    crv: curve,
    extractable: true,
  });
  return { stage, createdAt, jwk: await exportJWK(privateKey) };
}

function serialize(keys: readonly KeptKey[]): string {
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}

async function assemble(kept: readonly KeptKey[]): Promise<InternalKeys> {
  const active = kept.find(({ stage }) => stage === "active");
  if (!active) throw new Error("There is no active key.");
  const { algorithm } = internalToken;
  return {
    kid: await calculateJwkThumbprint(active.jwk),
    privateKey: (await importJWK(active.jwk, algorithm)) as CryptoKey,
    jwks: { keys: await Promise.all(kept.map(({ jwk }) => publicHalf(jwk))) },
  };
}

async function publicHalf({ crv, x }: JWK): Promise<JWK> {
  const jwk = { kty: "OKP", crv, x } as JWK;
  const kid = await calculateJwkThumbprint(jwk);
  return { ...jwk, kid, alg: internalToken.algorithm, use: "sig" };
}
