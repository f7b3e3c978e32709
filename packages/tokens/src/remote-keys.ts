import type { JSONWebKeySet } from "jose";
import { discoverJwksUri } from "./discovery.ts";
import { fetchJson } from "./fetch-json.ts";
import {
  type KeyFinder,
  type KeySource,
  type KeyState,
  keyFinder,
} from "./keys.ts";
import type { JsonObject } from "./json-segment.ts";
import { secureUrl } from "./secure-url.ts";
import { createSnapshot } from "./snapshot.ts";

/** The address of the keys, or an issuer whose metadata says it. */
export type RemoteKeysOptions = (
  | { readonly jwksUri: string; readonly issuer?: never }
  | { readonly issuer: string; readonly jwksUri?: never }
) & {
  /** Where the last good set is kept, mode 0600. */
  readonly snapshotFile?: string;
  /** Default 300. */
  readonly reloadEverySeconds?: number;
  /** Shortest time between two fetches that requests cause. Default 10 s. */
  readonly cooldownMs?: number;
  /** Longest time a fetch may take. Default 3 s. */
  readonly timeoutMs?: number;
  /** How long known keys stay in force without a good fetch. Default 24 h. */
  readonly staleLimitMs?: number;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  readonly onAlarm?: (event: KeyAlarm) => void;
  /** Also takes `http` addresses of other hosts. */
  readonly development?: boolean;
};

export type KeyAlarm = {
  readonly kind: "keys-unreachable" | "keys-recovered" | "snapshot-unusable";
  /** A sentence for the log, without addresses. */
  readonly reason: string;
};

/** While there is nothing to verify with, waiting out the whole cooldown helps nobody. */
const coldCooldownMs = 1_000;

/**
 * Keys fetched from an issuer: on first need, then at intervals, and when an unknown
 * key id turns up. Neither its start nor an outage of the issuer fails; what is known
 * stays in force up to the stale limit. Holds one unreferenced timer until closed.
 * @throws TypeError when the address is not fit to be trusted.
 */
export function remoteKeys(options: RemoteKeysOptions): KeySource {
  const source = options.jwksUri ?? options.issuer;
  secureUrl(source, options.development ?? false);
  const { clock = Date.now, cooldownMs = 10_000 } = options;
  const { staleLimitMs = 86_400_000, onAlarm = () => undefined } = options;
  const closing = new AbortController();
  const fetchKeys = createFetcher(options, closing.signal);
  const snapshot = createSnapshot({
    file: options.snapshotFile,
    source,
    of: "the keys",
    parse: parseKept,
    onFault: (reason) => onAlarm({ kind: "snapshot-unusable", reason }),
  });
  let held: HeldKeys | null = null;
  let attemptedAt = -Infinity;
  let isFailing = false;
  let opening: Promise<void> | undefined;
  let loading: Promise<void> | undefined;

  const isUsable = (keys: HeldKeys | null): keys is HeldKeys =>
    keys !== null && clock() - keys.loadedAt <= staleLimitMs;

  async function openSnapshot(): Promise<void> {
    const kept = await snapshot.read();
    if (kept) held ??= hold(kept.jwks, kept.loadedAt, null);
  }

  async function load(): Promise<void> {
    attemptedAt = clock();
    try {
      held = hold(await fetchKeys(), clock(), held);
    } catch (error) {
      if (!isFailing && !closing.signal.aborted) onAlarm(unreachable(error));
      isFailing = true;
      return;
    }
    if (isFailing)
      onAlarm({
        kind: "keys-recovered",
        reason: "The keys are current again.",
      });
    isFailing = false;
    await snapshot.write({ jwks: held.jwks, loadedAt: held.loadedAt });
  }

  function reload(): Promise<void> {
    loading ??= load().finally(() => (loading = undefined));
    return loading;
  }

  async function reloadUnlessCoolingDown(): Promise<void> {
    const cooldown = isUsable(held)
      ? cooldownMs
      : Math.min(cooldownMs, coldCooldownMs);
    if (loading || clock() - attemptedAt >= cooldown) await reload();
  }

  async function open(): Promise<void> {
    await (opening ??= openSnapshot());
    if (!isUsable(held)) await reloadUnlessCoolingDown();
  }

  function state(): KeyState {
    const loadedAt = held?.loadedAt ?? null;
    if (!isUsable(held)) return { kind: "unavailable", loadedAt };
    return { kind: isFailing ? "outdated" : "current", loadedAt };
  }

  const timer = setInterval(
    () => void reload(),
    (options.reloadEverySeconds ?? 300) * 1_000,
  ).unref();

  return {
    async get(kid, alg) {
      await open();
      if (!isUsable(held)) return "unavailable";
      const known = await held.find(kid, alg);
      if (known) return known;
      await reloadUnlessCoolingDown();
      const found = await held.find(kid, alg);
      return found ?? (isFailing ? "unavailable" : "unknown");
    },
    async ready() {
      await open();
      return state();
    },
    state,
    reload,
    close() {
      clearInterval(timer);
      closing.abort();
    },
  };
}

/** The last good key set. */
type KeptKeys = {
  readonly jwks: JSONWebKeySet;
  /** Epoch milliseconds. */
  readonly loadedAt: number;
};

function parseKept(snapshot: JsonObject): KeptKeys {
  const { loadedAt } = snapshot;
  const jwks = snapshot["jwks"] as JSONWebKeySet;
  keyFinder(jwks);
  if (typeof loadedAt !== "number")
    throw new Error("The snapshot has no time.");
  return { jwks, loadedAt };
}

type HeldKeys = {
  readonly jwks: JSONWebKeySet;
  readonly text: string;
  readonly find: KeyFinder;
  readonly loadedAt: number;
};

/** An unchanged set keeps its imported keys, so that what was verified by them stays cached. */
function hold(
  jwks: JSONWebKeySet,
  loadedAt: number,
  before: HeldKeys | null,
): HeldKeys {
  const text = JSON.stringify(jwks);
  if (before?.text === text) return { ...before, loadedAt };
  const find = keyFinder(jwks);
  // An issuer without any key has had an accident; it has not revoked everybody.
  if (jwks.keys.length === 0) throw new Error("The key set is empty.");
  return { jwks, text, find, loadedAt };
}

function createFetcher(
  options: RemoteKeysOptions,
  closing: AbortSignal,
): () => Promise<JSONWebKeySet> {
  const { issuer, development = false, timeoutMs = 3_000 } = options;
  let address = options.jwksUri;
  return async () => {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]);
    try {
      if (issuer !== undefined)
        address ??= (await discoverJwksUri(issuer, development, signal)).href;
      const document = await fetchJson(address ?? "", signal);
      return document as unknown as JSONWebKeySet;
    } catch (error) {
      // The keys may have moved: ask the metadata again next time.
      address = options.jwksUri;
      throw error;
    }
  };
}

function unreachable(error: unknown): KeyAlarm {
  const reason = error instanceof Error ? error.message : "Unknown.";
  return { kind: "keys-unreachable", reason };
}
