import type { Decision, Decisions, Lock, Reached, Subject } from "@hr/access";
import DataLoader from "dataloader";
import type { FieldNode, GraphQLError, GraphQLResolveInfo } from "graphql";
import type { Caller } from "./caller.ts";
import { Forbidden, Unauthorized } from "./errors.ts";

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
  /** Settles `isReport` for all of them; undefined where it is settled already. */
  learn(employees: readonly (string | null)[]): Promise<unknown> | undefined;
  /** Subjects of value types, taken from the parent they came from. */
  readonly inherited: WeakMap<object, string | null>;
  /** The last answer of `isInReach`: graphql-js asks for the fields of one row after the other. */
  last: Answered | undefined;
};

type Answered = {
  readonly rows: Reached;
  readonly owner: Subject | undefined;
  readonly row: unknown;
  readonly is: boolean;
};

export type GuardedContext = Caller & { readonly guard: GuardState };

/** One lock in one request. */
export type Standing = {
  readonly lock: Lock;
  readonly decision: Decision;
  /** There is nothing left to ask: every row is open, and all that comes of it. */
  readonly everyRow: boolean;
  /** There is nothing left to ask but whether the parent row is in reach. */
  readonly byRow: boolean;
  /** Rows that it returns will depend on who reports to the caller. */
  readonly learns: boolean;
  /** Something was let through. */
  opened: boolean;
  /** The first refusal at each place of the operation; it counts the others. */
  readonly refusals: Map<readonly FieldNode[], GraphQLError>;
};

type GuardParts = {
  readonly decisions: Decisions;
  readonly reports: Reports;
  readonly onFailure: (error: unknown) => void;
};

type Reporting = Pick<GuardState, "isReport" | "learn">;

export function createGuardState(
  caller: { readonly employeeId: string | null },
  parts: GuardParts,
): GuardState {
  return {
    decisions: parts.decisions,
    standings: [],
    inherited: new WeakMap(),
    last: undefined,
    ...(caller.employeeId === null
      ? nobodyReports
      : reportsOf(caller.employeeId, parts)),
  };
}

/** How a lock stands in this request, from its first question on; `left` says what its decision leaves open. */
export function takeStand(
  lock: Lock,
  { decisions, standings }: GuardState,
  left: { readonly alone: boolean; readonly learns: boolean },
): Standing {
  const decision = decisions(lock);
  const byRow = decision.kind === "open" && left.alone;
  const everyRow = byRow && decision.rows.everyone;
  const standing: Standing = {
    ...{ lock, decision, everyRow, byRow, learns: left.learns },
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
  place: {
    readonly context: GuardedContext;
    readonly info: GraphQLResolveInfo;
    readonly nullable: boolean;
  },
): GraphQLError | null {
  const { fieldNodes } = place.info;
  const first = standing.refusals.get(fieldNodes);
  if (!first || !place.nullable) {
    const error = refusalOf(standing, place.context);
    if (!first) standing.refusals.set(fieldNodes, error);
    return error;
  }
  const { extensions } = first;
  extensions["occurrences"] = Number(extensions["occurrences"]) + 1;
  return null;
}

/** Whether a row is one of those reached. */
export function isInReach(
  rows: Reached,
  owner: Subject | undefined,
  row: unknown,
  context: GuardedContext,
): boolean | Promise<boolean> {
  if (rows.everyone) return true;
  const { guard } = context;
  const { last } = guard;
  if (last && last.row === row && last.rows === rows && last.owner === owner)
    return last.is;
  const is = isWithin(rows, subjectOf(owner, row, guard), context);
  if (typeof is === "boolean") guard.last = { rows, owner, row, is };
  return is;
}

function isWithin(
  rows: Reached,
  subject: string | null,
  { principal, guard }: GuardedContext,
): boolean | Promise<boolean> {
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
  guard: GuardState,
): void {
  if (!isObject(row)) return;
  const before = guard.inherited.get(row);
  if (before === subject) return;
  guard.inherited.set(row, before === undefined ? subject : null);
  guard.last = undefined;
}

function refusalOf(
  { lock, decision }: Standing,
  { principal }: GuardedContext,
): GraphQLError {
  return withoutStack(() =>
    decision.kind === "closed"
      ? new Unauthorized(lock.coordinate, decision.requirement, principal)
      : new Forbidden(lock.coordinate),
  );
}

/** A refusal is an answer and no fault: taking down where it was made costs more than the row it stands for. */
function withoutStack(make: () => GraphQLError): GraphQLError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const nobodyReports: Reporting = {
  isReport: () => false,
  learn: () => undefined,
};

function reportsOf(
  manager: string,
  { reports, onFailure }: Pick<GuardParts, "reports" | "onFailure">,
): Reporting {
  const known = new Map<string, boolean>();
  const ask = async (candidates: readonly string[]) => {
    try {
      return await reports(manager, candidates);
    } catch (error) {
      onFailure(error);
      return new Set<string>();
    }
  };
  // Whole lists are its keys: a promise for each person would cost more than the answer.
  const loader = new DataLoader<readonly string[], null>(
    async (lists) => {
      const candidates = [...new Set(lists.flat())];
      const below = await ask(candidates);
      for (const one of candidates) known.set(one, below.has(one));
      return lists.map(() => null);
    },
    { cache: false },
  );
  return {
    isReport: (employee) =>
      known.get(employee) ??
      loader.load([employee]).then(() => known.get(employee) ?? false),
    learn(employees) {
      const strangers = employees.filter(
        (one): one is string =>
          one !== null && one !== manager && !known.has(one),
      );
      return strangers.length > 0 ? loader.load(strangers) : undefined;
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
