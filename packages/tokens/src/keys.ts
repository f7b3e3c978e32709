import { type CryptoKey, type JSONWebKeySet, createLocalJWKSet } from "jose";

export type VerificationKey = CryptoKey;

/** Where an issuer's public keys come from. */
export type KeySource = {
  /**
   * The key of exactly this id and algorithm. The same key is the same object for
   * as long as it is published. `unavailable` says that it may exist and cannot be
   * looked up now.
   */
  get(
    kid: string,
    alg: string,
  ): Promise<VerificationKey | "unknown" | "unavailable">;
  /** Tries to have keys if there are none, then says how things stand. */
  ready(): Promise<KeyState>;
  state(): KeyState;
  /** Fetches anew at once; never rejects: `state` says what came of it. */
  reload(): Promise<void>;
  close(): void;
};

export type KeyState = {
  /** `outdated`: the last fetch failed and the keys known before it are in force. */
  readonly kind: "current" | "outdated" | "unavailable";
  /** Epoch milliseconds of the last good fetch. */
  readonly loadedAt: number | null;
};

/** Keys that are at hand, for tests and for verifying in the process that signs. */
export function localKeys(jwks: JSONWebKeySet): KeySource {
  const find = keyFinder(jwks);
  const state = { kind: "current", loadedAt: null } as const;
  return {
    get: async (kid, alg) => (await find(kid, alg)) ?? "unknown",
    ready: () => Promise.resolve(state),
    state: () => state,
    reload: () => Promise.resolve(),
    close: () => undefined,
  };
}

export type KeyFinder = (
  kid: string,
  alg: string,
) => Promise<VerificationKey | null>;

/**
 * Finds public keys by id and algorithm. A key that cannot be imported, or an id
 * that is published twice, counts as not published.
 * @throws when the set is malformed.
 */
export function keyFinder(jwks: JSONWebKeySet): KeyFinder {
  const find = createLocalJWKSet(jwks);
  const found = new Map<string, VerificationKey>();
  return async (kid, alg) => {
    const id = `${alg} ${kid}`;
    const key = found.get(id) ?? (await find({ kid, alg }).catch(() => null));
    if (key) found.set(id, key);
    return key;
  };
}
