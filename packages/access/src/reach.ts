import type { Dnf, Requirement } from "./requirement.ts";
import { reachOf } from "./scopes.ts";

/**
 * Rows a caller's scopes open. The caller's own and those of its reports are
 * disjoint; `everyone` holds both and all others. Equal ones are the same object.
 */
export type Reached = {
  readonly everyone: boolean;
  readonly self: boolean;
  readonly reports: boolean;
};

export const everyRow: Reached = { everyone: true, self: true, reports: true };

const noRow: Reached = { everyone: false, self: false, reports: false };
const ownRow: Reached = { ...noRow, self: true };
const rowsBelow: Reached = { ...noRow, reports: true };
const ownAndBelow: Reached = { ...ownRow, reports: true };
const none: ReadonlySet<string> = new Set();

/**
 * The rows a requirement opens to a proved caller: those in the reach of **every**
 * rule of the conjunction. A rule reaches the union of what the alternatives held
 * reach, an alternative what all of its scopes do. Null when the requirement is
 * not met. Met and yet opening no row is possible: one rule by `:self`, another
 * by `:reports`.
 */
export function reachUnder(
  { scopes, policies }: Requirement,
  held: ReadonlySet<string>,
  granted: ReadonlySet<string> = none,
): Reached | null {
  if (!policies.every((dnf) => alternativesHeld(dnf, granted).length > 0))
    return null;
  let rows = everyRow;
  for (const dnf of scopes) {
    const alternatives = alternativesHeld(dnf, held);
    if (alternatives.length === 0) return null;
    rows = both(rows, alternatives.map(reachOfAll).reduce(either));
  }
  return rows;
}

/** Whether all rows of `inner` are rows of `outer`. */
export function covers(outer: Reached, inner: Reached): boolean {
  return (
    (outer.everyone || !inner.everyone) &&
    (outer.self || !inner.self) &&
    (outer.reports || !inner.reports)
  );
}

function alternativesHeld(dnf: Dnf, held: ReadonlySet<string>): Dnf {
  return dnf.filter((all) => all.every((name) => held.has(name)));
}

function reachOfAll(all: readonly string[]): Reached {
  const rows = { self: ownRow, reports: rowsBelow, everyone: everyRow };
  return all.map((scope) => rows[reachOf(scope)]).reduce(both, everyRow);
}

function both(a: Reached, b: Reached): Reached {
  if (a.everyone) return b;
  if (b.everyone) return a;
  return narrow(a.self && b.self, a.reports && b.reports);
}

function either(a: Reached, b: Reached): Reached {
  if (a.everyone || b.everyone) return everyRow;
  return narrow(a.self || b.self, a.reports || b.reports);
}

function narrow(self: boolean, reports: boolean): Reached {
  if (self) return reports ? ownAndBelow : ownRow;
  return reports ? rowsBelow : noRow;
}
