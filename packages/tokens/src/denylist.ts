import {
  type DeniedEntry,
  createDenied,
  malformed,
  parseDenied,
} from "./denied.ts";
import { fetchDenied, isPosition } from "./denylist-feed.ts";
import { StatusError } from "./fetch-json.ts";
import type { JsonObject } from "./json-segment.ts";
import { secureUrl } from "./secure-url.ts";
import { createSnapshot } from "./snapshot.ts";
import type { Revocation } from "./verifier.ts";

export type RemoteDenylistOptions = {
  /** Answers `GET ?after=<seq>` with `{ last, entries: [{ seq, kind, value, before?, until }] }`. */
  readonly url: string;
  /** Default `gateway`. */
  readonly clientId?: string;
  /** Authenticates with it, by HTTP Basic; without it, not at all. */
  readonly clientSecret?: string;
  /** Where the list is kept for a start while the feed is down, mode 0600. */
  readonly snapshotFile?: string;
  /** Default 1 s. */
  readonly pollEveryMs?: number;
  /** Longest time one request may take. Default 2 s. */
  readonly timeoutMs?: number;
  /** How long the list counts without a good reading. Default: for ever. */
  readonly maximumStaleMs?: number;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  readonly onAlarm?: (event: DenylistAlarm) => void;
  /** Also takes `http` addresses of other hosts. */
  readonly development?: boolean;
};

export type Denylist = {
  readonly isRevoked: Revocation;
  state(): DenylistState;
  /** Resolves once the first attempt to read has ended, well or not. */
  ready(): Promise<void>;
  /** Reads at once, or waits for the reading under way; never rejects. */
  reload(): Promise<void>;
  close(): void;
};

export type DenylistState = {
  /** `outdated`: the last reading failed, and what was known before it is in force. */
  readonly kind: "current" | "outdated";
  /** Epoch milliseconds of the last good reading. */
  readonly loadedAt: number | null;
};

export type DenylistAlarm = {
  readonly kind:
    | "denylist-absent"
    | "denylist-unreachable"
    | "denylist-recovered"
    | "snapshot-unusable";
  /** A sentence for the log, without addresses. */
  readonly reason: string;
};

/** A feed that never comes to an end must not keep the gateway from serving. */
const maximumPages = 1_000;
const sweepEverySeconds = 60;

/**
 * Follows what an issuer denies, from now on until closed, by one request at a time.
 * Nothing is taken back before its time, not even when the issuer's database was
 * replaced and its list begins anew. Neither its start nor an outage fails.
 * @throws TypeError when the address is not fit to be trusted.
 */
export function remoteDenylist(options: RemoteDenylistOptions): Denylist {
  const url = secureUrl(options.url, options.development ?? false);
  const { clock = Date.now, onAlarm = () => undefined } = options;
  const { timeoutMs = 2_000, maximumStaleMs = Infinity } = options;
  const { clientId = "gateway", clientSecret } = options;
  const credentials =
    clientSecret === undefined ? null : { id: clientId, secret: clientSecret };
  const closing = new AbortController();
  const denied = createDenied();
  const snapshot = createSnapshot({
    file: options.snapshotFile,
    source: url.href,
    of: "the denylist",
    parse: parseKept,
    onFault: (reason) => onAlarm({ kind: "snapshot-unusable", reason }),
  });
  let position = 0;
  let loadedAt: number | null = null;
  let isFailing = false;
  let isKept = true;
  let sweptAt = 0;
  let reading: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const now = () => clock() / 1_000;

  async function openSnapshot(): Promise<void> {
    const kept = await snapshot.read();
    if (kept === null) return;
    for (const entry of kept.entries) denied.add(entry);
    ({ position, loadedAt } = kept);
  }

  async function readPages(): Promise<void> {
    let isAnew = false;
    for (let pages = 0; pages < maximumPages; pages += 1) {
      const signal = AbortSignal.any([
        closing.signal,
        AbortSignal.timeout(timeoutMs),
      ]);
      const page = await fetchDenied({ url, credentials }, position, signal);
      if (page.last < position && !isAnew) {
        isAnew = true;
        position = 0;
        continue;
      }
      const fresh = page.entries.filter(({ seq }) => seq > position);
      if (fresh.length === 0) return;
      for (const { seq, ...entry } of fresh) {
        denied.add(entry);
        position = Math.max(position, seq);
      }
      isKept = false;
    }
  }

  async function read(): Promise<void> {
    try {
      await readPages();
      loadedAt = clock();
      if (isFailing) onAlarm(recovered);
      isFailing = false;
    } catch (error) {
      if (!isFailing && !closing.signal.aborted) onAlarm(alarmOf(error));
      isFailing = true;
    }
    sweep();
    if (isKept) return;
    isKept = true;
    await snapshot.write({ position, loadedAt, entries: denied.entries() });
  }

  function sweep(): void {
    if (now() - sweptAt < sweepEverySeconds) return;
    sweptAt = now();
    denied.sweep(sweptAt);
  }

  function reload(): Promise<void> {
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  }

  function schedule(): void {
    if (closing.signal.aborted) return;
    const turn = () => void reload().then(schedule);
    timer = setTimeout(turn, options.pollEveryMs ?? 1_000).unref();
  }

  const opening = openSnapshot().then(reload);
  void opening.then(schedule);

  return {
    isRevoked(token, issuedAt) {
      if (denied.has(token, issuedAt, now())) return true;
      const isStale = clock() - (loadedAt ?? -Infinity) > maximumStaleMs;
      return isStale ? "unknown" : false;
    },
    state: () => ({
      kind: isFailing || loadedAt === null ? "outdated" : "current",
      loadedAt,
    }),
    ready: () => opening,
    reload: () => opening.then(reload),
    close() {
      clearTimeout(timer);
      closing.abort();
    },
  };
}

const recovered: DenylistAlarm = {
  kind: "denylist-recovered",
  reason: "The denylist is current again.",
};

function alarmOf(error: unknown): DenylistAlarm {
  if (error instanceof StatusError && error.status === 404)
    return {
      kind: "denylist-absent",
      reason: "There is no denylist: tokens work until they expire.",
    };
  const reason = error instanceof Error ? error.message : "Unknown.";
  return { kind: "denylist-unreachable", reason };
}

type KeptDenylist = {
  readonly position: number;
  readonly loadedAt: number | null;
  readonly entries: readonly DeniedEntry[];
};

function parseKept(snapshot: JsonObject): KeptDenylist {
  const { position, loadedAt, entries } = snapshot;
  const isTime = loadedAt === null || typeof loadedAt === "number";
  if (!isPosition(position) || !isTime || !Array.isArray(entries))
    throw new Error(malformed);
  return { position, loadedAt, entries: entries.map(parseDenied) };
}
