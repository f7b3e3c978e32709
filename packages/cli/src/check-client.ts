import { type Dnf, type Holder, reachOf, reportScopes } from "@hr/access";
import { type Registration, roleScopes } from "@hr/auth/registry";
import type { OperationNeeds } from "./operation-needs.ts";

export type ClientCheck = {
  readonly client: Pick<Registration, "id" | "kind" | "scopes">;
  readonly operations: readonly CheckedOperation[];
  /** The fewest that would cover them all. */
  readonly missing: readonly string[];
  /** Without all of these, every operation is met as before. */
  readonly superfluous: readonly string[];
  /** A narrower reach is registered too, and would cover every operation. */
  readonly wide: readonly string[];
};

export type CheckedOperation = Pick<OperationNeeds, "name" | "source"> & {
  readonly covered: boolean;
  /** What it lacks. Empty though not covered: nothing a machine can hold would do. */
  readonly missing: readonly string[];
};

/**
 * Whether a client is registered for what its operations need, and for no more.
 *
 * Covered is an operation of whose alternatives the client holds one. Superfluous is
 * a scope without which a machine's operations stay covered. A person's token holds
 * what client, role and request have in common, so there a scope is superfluous only
 * if in every role each rule can be met with the same reaches without it: `:self`
 * beside the wide scope lets somebody ask for less, the wide one lets another role
 * see more.
 */
export function checkClient(
  { id, kind, scopes }: Registration,
  needs: readonly OperationNeeds[],
): ClientCheck {
  const holder: Holder = {
    kind: kind === "machine" ? "machine" : "person",
    scopes: new Set(scopes),
  };
  const operations = needs.map((one) => checkOperation(one, holder));
  const dnfs = needs.flatMap(({ requirement }) => requirement.scopes);
  const possible = dnfs.filter(
    (dnf) => reportScopes([dnf], holder).alternatives.length > 0,
  );
  const { smallest, missing } = reportScopes(possible, holder);
  const superfluous = superfluousScopes(holder, dnfs);
  const wide = scopes.filter(
    (scope) =>
      !superfluous.includes(scope) &&
      !smallest.includes(scope) &&
      narrower(scope).some((one) => smallest.includes(one)),
  );
  return {
    client: { id, kind, scopes },
    operations,
    missing,
    superfluous,
    wide,
  };
}

function checkOperation(
  { name, source, requirement }: OperationNeeds,
  holder: Holder,
): CheckedOperation {
  const { alternatives, missing } = reportScopes(requirement.scopes, holder);
  const covered = alternatives.length > 0 && missing.length === 0;
  return { name, source, covered, missing };
}

/** Taken away one by one, the widest first, so that not both of two that stand for each other go. */
function superfluousScopes(
  { kind, scopes }: Holder,
  dnfs: readonly Dnf[],
): readonly string[] {
  const roles = Object.values(roleScopes).map((one) => new Set<string>(one));
  const waysOf = (held: ReadonlySet<string>) =>
    kind === "machine"
      ? waysToMeet(dnfs, held)
      : roles.map((role) => waysToMeet(dnfs, role.intersection(held))).join();
  const all = waysOf(scopes);
  const kept = new Set(scopes);
  for (const scope of [...scopes].sort(widestFirst)) {
    kept.delete(scope);
    if (waysOf(kept) !== all) kept.add(scope);
  }
  return [...scopes.difference(kept)];
}

/** For each rule the reaches it can be met with. */
function waysToMeet(dnfs: readonly Dnf[], held: ReadonlySet<string>): string {
  return JSON.stringify(
    dnfs.map((dnf) => {
      const reaches = dnf
        .filter((all) => all.every((scope) => held.has(scope)))
        .map((all) => [...new Set(all.map(reachOf))].sort().join());
      return [...new Set(reaches)].sort();
    }),
  );
}

function widestFirst(a: string, b: string): number {
  return narrower(b).length - narrower(a).length || (a < b ? -1 : 1);
}

/** The same scope with less reach, the least last. */
function narrower(scope: string): readonly string[] {
  const reach = reachOf(scope);
  if (reach === "self") return [];
  if (reach === "reports") return [scope.replace(/reports$/, "self")];
  return [`${scope}:reports`, `${scope}:self`];
}
