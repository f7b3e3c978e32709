import type { Principal } from "./principal.ts";

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
 * made on the conjunction as it stands, so the bound never changes one.
 */
export function multiply(dnfs: readonly Dnf[], bound = 256): Alternatives {
  let product: readonly (readonly string[])[] = [[]];
  let truncated = false;
  for (const dnf of dnfs) {
    const next = minimal(
      product.flatMap((left) => dnf.map((right) => union(left, right))),
    );
    truncated ||= next.length > bound;
    product = next.slice(0, bound);
  }
  return { alternatives: product, truncated };
}

/** The alternative that lacks the fewest of the scopes held; ties by size, reach and alphabet. */
export function nearest(
  alternatives: readonly (readonly string[])[],
  held: ReadonlySet<string>,
): readonly string[] {
  const ranked = alternatives.map((scopes) => ({
    scopes,
    missing: scopes.filter((scope) => !held.has(scope)).length,
  }));
  ranked.sort(
    (a, b) => a.missing - b.missing || compareAlternatives(a.scopes, b.scopes),
  );
  return ranked[0]?.scopes ?? [];
}

/** What the caller would have to be granted for the nearest alternative. */
export function missing(
  requirement: Requirement,
  held: ReadonlySet<string>,
): readonly string[] {
  const { alternatives } = multiply(requirement.scopes);
  return nearest(alternatives, held).filter((scope) => !held.has(scope));
}

function holds(dnf: Dnf, held: ReadonlySet<string>): boolean {
  return dnf.some((all) => all.every((name) => held.has(name)));
}

function unique(dnfs: readonly Dnf[]): readonly Dnf[] {
  return [...new Map(dnfs.map((dnf) => [JSON.stringify(dnf), dnf])).values()];
}

function union(left: readonly string[], right: readonly string[]) {
  return [...new Set([...left, ...right])].sort();
}

function minimal(sets: readonly (readonly string[])[]) {
  const sorted = [...sets].sort(compareAlternatives);
  const kept: (readonly string[])[] = [];
  for (const candidate of sorted)
    if (!kept.some((one) => one.every((scope) => candidate.includes(scope))))
      kept.push(candidate);
  return kept;
}

function compareAlternatives(a: readonly string[], b: readonly string[]) {
  return (
    a.length - b.length ||
    breadth(a) - breadth(b) ||
    a.join(" ").localeCompare(b.join(" "), "en")
  );
}

/** Narrowest reach first: `:self`, `:reports`, the whole company. */
function breadth(scopes: readonly string[]): number {
  return scopes.reduce(
    (sum, scope) =>
      sum + (scope.endsWith(":self") ? 0 : scope.endsWith(":reports") ? 1 : 2),
    0,
  );
}
