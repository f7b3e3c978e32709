/** Pending keys are published and sign nothing yet; retired ones still verify. */
export type KeyStage = "pending" | "active" | "retired";

export type StagedKey = {
  readonly kid: string;
  readonly stage: KeyStage;
  /** When it came to this stage, epoch milliseconds. */
  readonly since: number;
};

export type KeyChange<Key extends StagedKey> = {
  /** A new pending key. */
  readonly fresh: Key;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Also activates a key that has not been published for long enough. */
  readonly force?: boolean;
};

/** The order of keys forbids what was asked; the message says what and until when. */
export class KeyOrderError extends Error {
  override readonly name = "KeyOrderError";
}

/** Publication before use: one minute until every instance has it, five of caches, five until verifiers reload, and a margin. */
export const publishMs = 15 * 60_000;
/** How long a key verifies after it signed last. */
export const retireMs = 24 * 3_600_000;
const dayMs = 24 * 3_600_000;

/**
 * One step of the order pending → active → retired → gone.
 * @throws KeyOrderError when the pending key has been published for less than 15
 * minutes: verifiers may not know it yet.
 */
export function rotateKeys<Key extends StagedKey>(
  keys: readonly Key[],
  { fresh, now, force = false }: KeyChange<Key>,
): readonly Key[] {
  const next = keys.find(({ stage }) => stage === "pending");
  if (!next) throw new KeyOrderError("There is no pending key to activate.");
  if (!force && !mayActivate(next, now))
    throw new KeyOrderError(
      `The pending key has been published for less than 15 minutes, so verifiers may not know it yet: it may be activated from ${new Date(next.since + publishMs).toISOString()} on, or forced.`,
    );
  return [
    { ...next, stage: "active", since: now },
    fresh,
    ...keys
      .filter(({ stage }) => stage === "active")
      .map((key) => ({ ...key, stage: "retired" as const, since: now })),
    ...keys.filter(({ stage }) => stage === "retired"),
  ];
}

/**
 * Takes one key out at once, as after a theft: what it signed is refused when
 * verifiers reload. In the place of the active key comes the pending one, in the
 * place of that a new one.
 * @throws KeyOrderError when there is no such key, or as `rotateKeys` does
 */
export function dropKey<Key extends StagedKey>(
  keys: readonly Key[],
  kid: string,
  change: KeyChange<Key>,
): readonly Key[] {
  const dropped = keys.find((key) => key.kid === kid);
  if (!dropped) throw new KeyOrderError("There is no key of this id.");
  const kept = keys.filter((key) => key !== dropped);
  if (dropped.stage === "retired") return kept;
  if (dropped.stage === "pending") return [...kept, change.fresh];
  return rotateKeys(kept, change);
}

/** All but the keys that have been retired for 24 h. */
export function unexpiredKeys<Key extends StagedKey>(
  keys: readonly Key[],
  now: number,
): readonly Key[] {
  return keys.filter(
    ({ stage, since }) => stage !== "retired" || now - since < retireMs,
  );
}

/** Whether the active key has signed for so many days, and may be replaced; 0: never. */
export function isRotationDue(
  keys: readonly StagedKey[],
  days: number,
  now: number,
): boolean {
  const active = keys.find(({ stage }) => stage === "active");
  const next = keys.find(({ stage }) => stage === "pending");
  if (!active || !next || days === 0) return false;
  return now - active.since >= days * dayMs && mayActivate(next, now);
}

function mayActivate({ since }: StagedKey, now: number): boolean {
  return now - since >= publishMs;
}
