import { type Day, addDays, addMonths, countDays } from "./dates.ts";
import { type Account, shortfallOf } from "./leave-balance.ts";
import {
  type LeaveDay,
  type LeavePeriod,
  breakdownOf,
  chargeOf,
} from "./leave-day.ts";
import type {
  LeaveRule,
  SubmitProblem,
  ValidationCode,
} from "./leave-problem.ts";
import { type LeaveRequest, maximumNote } from "./leave-request.ts";
import type { LeavePolicy, LeaveType } from "./leave-type.ts";
import { type Roster, employedSince, isEmployedOn } from "./roster.ts";

export type Draft = LeavePeriod & {
  readonly employeeId: string;
  readonly leaveTypeId: string;
  /** Undefined where none can be given yet, as in a preview. */
  readonly note?: string | null;
};

/** What a draft is judged by. */
export type Facts = {
  readonly today: Day;
  /** Null: there is no such type for this person. */
  readonly leave: {
    readonly type: LeaveType;
    readonly policy: LeavePolicy;
  } | null;
  readonly roster: Roster;
  /** Pending and approved requests that share a half with the draft. */
  readonly conflicts: readonly LeaveRequest[];
  /** Null for types without a limit. */
  readonly account: Account | null;
};

export type Judgement = {
  readonly days: number;
  readonly breakdown: readonly LeaveDay[];
  readonly errors: readonly SubmitProblem[];
};

const maximumDays = 400;

/** L11: the first group of checks that fails answers, with all its errors. */
export function judge(draft: Draft, facts: Facts): Judgement {
  const malformed = [...periodFaults(draft), ...inputFaults(draft, facts)];
  if (malformed.length > 0)
    return { days: 0, breakdown: [], errors: malformed };
  const breakdown = breakdownOf(draft, facts.roster);
  const groups = [employed, eligible, working, free, timely, affordable];
  const days = chargeOf(breakdown);
  for (const check of groups) {
    const errors = check(draft, facts, breakdown);
    if (errors.length > 0) return { days, breakdown, errors };
  }
  return { days, breakdown, errors: [] };
}

type Check = (
  draft: Draft,
  facts: Facts,
  breakdown: readonly LeaveDay[],
) => readonly SubmitProblem[];

/** L9. */
function periodFaults(draft: Draft): readonly SubmitProblem[] {
  const { startDate, startPortion, endDate, endPortion } = draft;
  if (endDate < startDate) return [invalid("endDate", "DATE_ORDER")];
  if (countDays(startDate, endDate) > maximumDays)
    return [invalid("endDate", "OUT_OF_RANGE")];
  if (startDate === endDate)
    return startPortion === endPortion
      ? []
      : [invalid("endPortion", "INVALID")];
  return [
    ...(startPortion === "MORNING" ? [invalid("startPortion", "INVALID")] : []),
    ...(endPortion === "AFTERNOON" ? [invalid("endPortion", "INVALID")] : []),
  ];
}

function inputFaults(draft: Draft, facts: Facts): readonly SubmitProblem[] {
  const tooLong = (draft.note ?? "").length > maximumNote;
  return [
    ...(facts.leave ? [] : [invalid("leaveTypeId", "NOT_FOUND")]),
    ...(tooLong ? [invalid("note", "TOO_LONG")] : []),
  ];
}

const employed: Check = (_draft, { roster }, breakdown) => {
  const outside = breakdown.find(({ date }) => !isEmployedOn(roster, date));
  if (!outside) return [];
  const isFirst = outside === breakdown[0];
  return [forbidden(isFirst ? "startDate" : "endDate", "OUTSIDE_EMPLOYMENT")];
};

const eligible: Check = (draft, { leave, roster }) => {
  if (!leave) return [];
  const { type, policy } = leave;
  const since = employedSince(roster, draft.startDate);
  const waits = draft.startDate < addMonths(since, policy.eligibleAfterMonths);
  const lacksNote = type.requiresNote && draft.note === null;
  const halves = (["startPortion", "endPortion"] as const).filter(
    (field) => draft[field] !== "FULL",
  );
  return [
    ...(waits ? [forbidden("startDate", "NOT_ELIGIBLE_YET")] : []),
    ...(lacksNote ? [invalid("note", "REQUIRED")] : []),
    ...(type.allowsHalfDays
      ? []
      : halves.map((field) => forbidden(field, "HALF_DAY_NOT_ALLOWED"))),
  ];
};

const working: Check = (_draft, _facts, breakdown) =>
  chargeOf(breakdown) > 0
    ? []
    : [{ __typename: "NoWorkingDaysError", path: ["startDate"], breakdown }];

const free: Check = (_draft, { conflicts }) =>
  conflicts.length === 0
    ? []
    : [{ __typename: "OverlappingLeaveError", path: ["startDate"], conflicts }];

const timely: Check = (draft, { leave, today }) => {
  if (!leave) return [];
  const { noticeDays, maxConsecutiveDays } = leave.policy;
  const length = countDays(draft.startDate, draft.endDate);
  const late = noticeDays > 0 && draft.startDate < addDays(today, noticeDays);
  const long = maxConsecutiveDays !== null && length > maxConsecutiveDays;
  return [
    ...(late ? [forbidden("startDate", "NOTICE_PERIOD")] : []),
    ...(long ? [forbidden("endDate", "MAX_CONSECUTIVE_DAYS")] : []),
  ];
};

const affordable: Check = (_draft, { account }, breakdown) => {
  const shortfall = account && shortfallOf(account, breakdown);
  return shortfall
    ? [
        {
          __typename: "InsufficientBalanceError",
          path: ["endDate"],
          ...shortfall,
        },
      ]
    : [];
};

function invalid(field: string, code: ValidationCode): SubmitProblem {
  return { __typename: "ValidationError", path: [field], code };
}

function forbidden(field: string, rule: LeaveRule): SubmitProblem {
  return { __typename: "LeaveNotAllowedError", path: [field], rule };
}
