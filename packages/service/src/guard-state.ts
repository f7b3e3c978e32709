import type { Decision, Decisions, Lock, Reached, Subject } from "@hr/access";
import DataLoader from "dataloader";
import {
  type FieldNode,
  GraphQLError,
  type GraphQLResolveInfo,
} from "graphql";
import type { Caller } from "./caller.ts";

/** Which of the candidates are below the manager, direct or indirect. */
export type Reports = (
  manager: string,
  candidates: readonly string[],
) => Promise<ReadonlySet<string>>;

/** What the guard knows and notes during one request. */
export type GuardState = {
  readonly decisions: Decisions;
  /** By the number of the lock; nothing where it was not asked. */
  readonly standings: (Standing | undefined)[];
  /** An error, or an unknown person, means no. */
  isReport(employee: string): boolean | Promise<boolean>;
  /** Subjects of value types, taken from the parent they came from. */
  readonly inherited: WeakMap<object, string | null>;
};

export type GuardedContext = Caller & { readonly guard: GuardState };

/** One lock in one request. */
export type Standing = {
  readonly lock: Lock;
  readonly decision: Decision;
  /** There is nothing left to ask of any row. */
  readonly everyRow: boolean;
  /** Something was let through. */
  opened: boolean;
  /** The first refusal at each place of the operation; it counts the others. */
  readonly refusals: Map<readonly FieldNode[], GraphQLError>;
};

export function createGuardState(
  caller: { readonly employeeId: string | null },
  parts: {
    readonly decisions: Decisions;
    readonly reports: Reports;
    readonly onFailure: (error: unknown) => void;
  },
): GuardState {
  return {
    decisions: parts.decisions,
    standings: [],
    inherited: new WeakMap(),
    isReport:
      caller.employeeId === null
        ? () => false
        : reportsOf(caller.employeeId, parts),
  };
}

/** How a lock stands in this request. `opensRows`: its decision settles all that it returns. */
export function standingOf(
  lock: Lock,
  { decisions, standings }: GuardState,
  opensRows: (decisions: Decisions) => boolean,
): Standing {
  const before = standings[lock.index];
  if (before) return before;
  const decision = decisions(lock);
  const everyRow =
    decision.kind === "open" && decision.rows.everyone && opensRows(decisions);
  const standing = {
    ...{ lock, decision, everyRow },
    opened: everyRow,
    refusals: new Map(),
  };
  standings[lock.index] = standing;
  return standing;
}

/**
 * What stands in the place of a value that is refused: an error, which becomes
 * null and its report. Where null may stand, the same on other rows is counted
 * with the first and not reported again.
 */
export function refused(
  standing: Standing,
  at: { readonly info: GraphQLResolveInfo; readonly nullable: boolean },
  refusal: () => GraphQLError,
): GraphQLError | null {
  const { fieldNodes } = at.info;
  const first = standing.refusals.get(fieldNodes);
  if (!first || !at.nullable) {
    const error = refusal();
    if (!first) standing.refusals.set(fieldNodes, error);
    return error;
  }
  const { extensions } = first;
  extensions["occurrences"] = Number(extensions["occurrences"]) + 1;
  return null;
}

export function isWithin(
  rows: Reached,
  subject: string | null,
  { principal, guard }: GuardedContext,
): boolean | Promise<boolean> {
  if (rows.everyone) return true;
  if (subject === null || principal.employeeId === null) return false;
  if (subject === principal.employeeId) return rows.self;
  return rows.reports && guard.isReport(subject);
}

export function subjectOf(
  subject: Subject | undefined,
  row: unknown,
  { inherited }: GuardState,
): string | null {
  if (subject?.kind === "of") return subject.id(row as never) ?? null;
  if (subject?.kind === "inherited" && isObject(row))
    return inherited.get(row) ?? null;
  return null;
}

/** A value that came from two people's rows is nobody's. */
export function inherit(
  row: unknown,
  subject: string | null,
  { inherited }: GuardState,
): void {
  if (!isObject(row)) return;
  const same = !inherited.has(row) || inherited.get(row) === subject;
  inherited.set(row, same ? subject : null);
}

function reportsOf(
  manager: string,
  {
    reports,
    onFailure,
  }: Pick<Parameters<typeof createGuardState>[1], "reports" | "onFailure">,
): GuardState["isReport"] {
  const known = new Map<string, boolean>();
  const ask = async (candidates: readonly string[]) => {
    try {
      return await reports(manager, candidates);
    } catch (error) {
      onFailure(error);
      return new Set<string>();
    }
  };
  const loader = new DataLoader<string, boolean>(async (candidates) => {
    const below = await ask(candidates);
    return candidates.map((candidate) => {
      const is = candidate !== manager && below.has(candidate);
      known.set(candidate, is);
      return is;
    });
  });
  return (employee) => known.get(employee) ?? loader.load(employee);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
