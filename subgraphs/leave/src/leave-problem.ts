import type { LeaveDay } from "./leave-day.ts";
import type { Shortfall } from "./leave-balance.ts";
import type { LeaveRequest, LeaveRequestStatus } from "./leave-request.ts";

type At = {
  /** The input field. */
  readonly path: readonly string[];
};

export type ValidationCode =
  | "REQUIRED"
  | "INVALID"
  | "TOO_LONG"
  | "OUT_OF_RANGE"
  | "NOT_FOUND"
  | "DATE_ORDER";

export type LeaveRule =
  | "NOT_ELIGIBLE_YET"
  | "MAX_CONSECUTIVE_DAYS"
  | "NOTICE_PERIOD"
  | "OUTSIDE_EMPLOYMENT"
  | "HALF_DAY_NOT_ALLOWED";

/** Why a request is not accepted: what the requester can mend (A3). */
export type SubmitProblem = At &
  (
    | { readonly __typename: "ValidationError"; readonly code: ValidationCode }
    | {
        readonly __typename: "OverlappingLeaveError";
        readonly conflicts: readonly LeaveRequest[];
      }
    | InsufficientBalance
    | {
        readonly __typename: "NoWorkingDaysError";
        readonly breakdown: readonly LeaveDay[];
      }
    | { readonly __typename: "LeaveNotAllowedError"; readonly rule: LeaveRule }
  );

/** Why a request does not change its state. */
export type TransitionProblem = At &
  (
    | { readonly __typename: "ConflictError"; readonly currentVersion: number }
    | {
        readonly __typename: "LeaveStateError";
        readonly status: LeaveRequestStatus;
      }
  );

export type DecideProblem =
  | TransitionProblem
  | (At & (InsufficientBalance | { readonly __typename: "SelfApprovalError" }));

export type Problem = SubmitProblem | DecideProblem;

export type InsufficientBalance = {
  readonly __typename: "InsufficientBalanceError";
} & Shortfall;

/** The problems with their paths from the mutation's arguments down. */
export function placed<P extends Problem>(
  errors: readonly P[],
  rootOf: (field: string | undefined) => readonly string[],
): readonly P[] {
  return errors.map((error) => ({
    ...error,
    path: [...rootOf(error.path[0]), ...error.path],
  }));
}
