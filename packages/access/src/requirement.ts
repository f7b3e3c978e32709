import type { Principal } from "./principal.ts";
import { reachOf } from "./scopes.ts";

/** Outer list OR, inner list AND: `[["a","b"],["c"]]` is "a and b, or c". */
export type Dnf = readonly (readonly string[])[];

/** What a coordinate asks for. Every part must hold: a conjunction of DNFs. */
export type Requirement = {
  readonly authenticated: boolean;
  readonly scopes: readonly Dnf[];
  readonly policies: readonly Dnf[];
};

export const open: Requirement = {
  authenticated: false,
  scopes: [],
  policies: [],
};

const none: ReadonlySet<string> = new Set();

export function isOpen(requirement: Requirement): boolean {
  return (
    !requirement.authenticated &&
    requirement.scopes.length === 0 &&
    requirement.policies.length === 0
  );
}

/**
 * Whether the caller's scopes, and the policies granted to it, meet the
 * requirement. Scopes are compared as whole strings. An anonymous caller meets
 * neither `@authenticated` nor `@requiresScopes`, whatever it claims to hold.
 */
export function meets(
  requirement: Requirement,
  principal: Principal,
  policies: ReadonlySet<string> = none,
): boolean {
  if (isOpen(requirement)) return true;
  const proved = principal.kind !== "anonymous";
  if (requirement.authenticated && !proved) return false;
  if (requirement.scopes.length > 0 && !proved) return false;
  return (
    requirement.scopes.every((dnf) => holds(dnf, principal.scopes)) &&
    requirement.policies.every((dnf) => holds(dnf, policies))
  );
}

/** All of them at once; equal DNFs are kept once. */
export function conjoin(...parts: readonly Requirement[]): Requirement {
  const closed = parts.filter((part) => !isOpen(part));
  if (closed.length < 2) return closed[0] ?? open;
  return {
    authenticated: closed.some((part) => part.authenticated),
    scopes: unique(closed.flatMap((part) => part.scopes)),
    policies: unique(closed.flatMap((part) => part.policies)),
  };
}

/** Every scope the requirement mentions. */
export function mentioned(requirement: Requirement): ReadonlySet<string> {
  return new Set(requirement.scopes.flat(2));
}

export type Alternatives = {
  /** Smallest first, supersets dropped. */
  readonly alternatives: readonly (readonly string[])[];
  /** There were more than the bound: the list is incomplete. */
  readonly truncated: boolean;
};

/**
 * The conjunction multiplied out into one DNF, for reports only: decisions are
 * made on the conjunction as it stands, so the bound never changes one. Best
 * first: fewest that are not `held`, fewest scopes, narrowest reach, alphabet.
 */
export function multiply(
  dnfs: readonly Dnf[],
  { bound = 256, held = none }: MultiplyOptions = {},
): Alternatives {
  const compare = compareBy(held);
  let product: readonly (readonly string[])[] = [[]];
  let truncated = false;
  for (const dnf of dnfs) {
    const candidates = product
      .flatMap((left) => dnf.map((right) => union(left, right)))
      .sort(compare);
    const kept = minimal(candidates, bound + 1);
    truncated ||= kept.length > bound;
    product = kept.slice(0, bound);
  }
  return { alternatives: product, truncated };
}

export type MultiplyOptions = {
  /** Most alternatives at any time. Default 256. */
  readonly bound?: number;
  readonly held?: ReadonlySet<string>;
};

function holds(dnf: Dnf, held: ReadonlySet<string>): boolean {
  return dnf.some((all) => all.every((name) => held.has(name)));
}

function unique(dnfs: readonly Dnf[]): readonly Dnf[] {
  return [...new Map(dnfs.map((dnf) => [JSON.stringify(dnf), dnf])).values()];
}

function union(left: readonly string[], right: readonly string[]) {
  return [...new Set([...left, ...right])].sort();
}

/** Supersets and doubles dropped, of sets in order; a superset comes after what it holds. */
function minimal(sorted: readonly (readonly string[])[], most: number) {
  const kept: (readonly string[])[] = [];
  for (const candidate of sorted) {
    if (kept.length === most) break;
    if (!kept.some((one) => one.every((scope) => candidate.includes(scope))))
      kept.push(candidate);
  }
  return kept;
}

function compareBy(held: ReadonlySet<string>) {
  const lacking = (scopes: readonly string[]) =>
    scopes.filter((scope) => !held.has(scope)).length;
  return (a: readonly string[], b: readonly string[]) =>
    lacking(a) - lacking(b) ||
    a.length - b.length ||
    breadth(a) - breadth(b) ||
    (a.join(" ") < b.join(" ") ? -1 : 1);
}

/** Narrowest reach first: `:self`, `:reports`, the whole company. */
function breadth(scopes: readonly string[]): number {
  const widths = { self: 0, reports: 1, everyone: 2 };
  return scopes.reduce((sum, scope) => sum + widths[reachOf(scope)], 0);
}
