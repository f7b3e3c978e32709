import {
  type FilterInput,
  type FilteredOperation,
  filterOperation,
} from "./filter-operation.ts";
import type { Principal } from "./principal.ts";
import {
  type Dnf,
  type Requirement,
  conjoin,
  multiply,
} from "./requirement.ts";
import { reachOf } from "./scopes.ts";

/** What would do, and what of it a caller lacks. */
export type ScopeReport = {
  /** Each is sufficient. `[[]]`: nothing is needed; `[]`: nothing a machine can hold would do. */
  readonly alternatives: readonly (readonly string[])[];
  /** The first of them: the nearest to what is held. */
  readonly smallest: readonly string[];
  /** Of the smallest, what is not held. */
  readonly missing: readonly string[];
  /** There are more alternatives than listed. */
  readonly truncated: boolean;
};

/** Of a caller, what a report depends on. */
export type Holder = Pick<Principal, "kind" | "scopes">;

const nobody: Holder = { kind: "person", scopes: new Set() };

/**
 * Multiplies a conjunction of DNFs out for somebody to read. A machine has no
 * record of its own, so it is not offered scopes with a reach.
 */
export function reportScopes(
  dnfs: readonly Dnf[],
  holder: Holder = nobody,
): ScopeReport {
  const offered = holder.kind === "machine" ? dnfs.map(companyWide) : dnfs;
  const { alternatives, truncated } = multiply(offered, {
    held: holder.scopes,
  });
  const smallest = alternatives[0] ?? [];
  const missing = smallest.filter((scope) => !holder.scopes.has(scope));
  return { alternatives, smallest, missing, truncated };
}

export type OperationToReport = Omit<
  FilterInput,
  "variables" | "meets" | "prefix"
> & { readonly variables?: FilterInput["variables"] };

/**
 * Everything an operation asks for, selection by selection: decided by the schema
 * alone, so a `:self` scope that is named suffices for the caller's own rows only.
 * Without variables every conditional selection counts.
 */
export function requirementOf(operation: OperationToReport): Requirement {
  return survey(operation).requirement;
}

/** The operation with nothing taken out, and what all of it asks for. */
export function survey(operation: OperationToReport): {
  readonly requirement: Requirement;
  readonly whole: FilteredOperation;
} {
  const asked = new Set<Requirement>();
  const whole = filterOperation({
    variables: null,
    ...operation,
    prefix: "",
    meets: (requirement) => asked.add(requirement).has(requirement),
  });
  return { requirement: conjoin(...asked), whole };
}

/** The scopes an operation needs: for a challenge, a client's registration, a reviewer. */
export function requiredScopes(
  operation: OperationToReport,
  holder?: Holder,
): ScopeReport {
  return reportScopes(requirementOf(operation).scopes, holder);
}

function companyWide(dnf: Dnf): Dnf {
  return dnf.filter((all) =>
    all.every((scope) => reachOf(scope) === "everyone"),
  );
}
