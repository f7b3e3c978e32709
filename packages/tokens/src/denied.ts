import { isJsonObject } from "./json-segment.ts";
import type { TokenNames } from "./verifier.ts";

/** What an issuer refuses before it expires. Times are epoch seconds. */
export type DeniedEntry = {
  /** A token, a grant with all its tokens, or the tokens of a person or machine. */
  readonly kind: "jti" | "gid" | "sub";
  readonly value: string;
  /** Of a `sub`: denied is what was issued earlier; null denies all. */
  readonly before: number | null;
  /** Until when it matters: no token it means is valid any longer. */
  readonly until: number;
};

export type Denied = {
  add(entry: DeniedEntry): void;
  /** @param now Epoch seconds. */
  has(token: TokenNames, issuedAt: number, now: number): boolean;
  /** Forgets what does not matter any longer. */
  sweep(now: number): void;
  entries(): readonly DeniedEntry[];
};

/** All that is denied, looked up without a walk through it. */
export function createDenied(): Denied {
  const byKind = { jti: newMap(), gid: newMap(), sub: newMap() };
  const maps = Object.values(byKind);
  return {
    add(entry) {
      const map = byKind[entry.kind];
      const others = (map.get(entry.value) ?? []).filter(
        (other) => !includes(entry, other),
      );
      map.set(entry.value, [...others, entry]);
    },
    has({ tokenId, grantId, subject }, issuedAt, now) {
      const means = ({ before, until }: DeniedEntry) =>
        now <= until && (before === null || issuedAt < before);
      return (
        (byKind.jti.get(tokenId)?.some(means) ?? false) ||
        (byKind.gid.get(grantId)?.some(means) ?? false) ||
        (byKind.sub.get(subject)?.some(means) ?? false)
      );
    },
    sweep(now) {
      for (const map of maps)
        for (const [value, entries] of map) {
          const left = entries.filter(({ until }) => now <= until);
          if (left.length === 0) map.delete(value);
          else if (left.length < entries.length) map.set(value, left);
        }
    },
    entries: () => maps.flatMap((map) => [...map.values()].flat()),
  };
}

const newMap = () => new Map<string | null, readonly DeniedEntry[]>();

/** Whether all that the other denies is denied by this one, and for as long. */
function includes(one: DeniedEntry, other: DeniedEntry): boolean {
  return (
    one.until >= other.until &&
    (one.before === null ||
      (other.before !== null && one.before >= other.before))
  );
}

/**
 * Reads an entry as an issuer or a snapshot states it. Only a `sub` has a `before`.
 * @throws Error for anything else.
 */
export function parseDenied(stated: unknown): DeniedEntry {
  if (!isJsonObject(stated)) throw new Error(malformed);
  const { kind, value, before = null, until } = stated;
  if (kind !== "jti" && kind !== "gid" && kind !== "sub")
    throw new Error(malformed);
  if (typeof value !== "string" || value === "") throw new Error(malformed);
  if (!isInstant(until)) throw new Error(malformed);
  if (kind !== "sub") return { kind, value, before: null, until };
  if (before !== null && !isInstant(before)) throw new Error(malformed);
  return { kind, value, before, until };
}

export const malformed = "The denylist is malformed.";

function isInstant(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
