import type { Day } from "./dates.ts";
import type { LeavePeriod } from "./leave-day.ts";

export type LeaveRequestStatus =
  "PENDING" | "APPROVED" | "REJECTED" | "WITHDRAWN" | "CANCELLED";

export type LeaveRequest = LeavePeriod & {
  readonly id: string;
  readonly employeeId: string;
  readonly leaveTypeId: string;
  /** Hundredths of a day. */
  readonly days: number;
  readonly status: LeaveRequestStatus;
  readonly note: string | null;
  readonly approverId: string | null;
  readonly decidedById: string | null;
  readonly decidedAt: Date | null;
  readonly decisionNote: string | null;
  readonly submittedAt: Date;
  readonly version: number;
};

/** What can be done to a request, and where it leads (L18). */
export type Transition = "approve" | "reject" | "withdraw" | "cancel";

export const transitions = {
  approve: { from: "PENDING", to: "APPROVED" },
  reject: { from: "PENDING", to: "REJECTED" },
  withdraw: { from: "PENDING", to: "WITHDRAWN" },
  cancel: { from: "APPROVED", to: "CANCELLED" },
} as const satisfies Record<
  Transition,
  { readonly from: LeaveRequestStatus; readonly to: LeaveRequestStatus }
>;

/** How giving a request up is called in its state; null where that is not possible any more. */
export function waysOut(status: LeaveRequestStatus): Transition | null {
  if (status === "PENDING") return "withdraw";
  return status === "APPROVED" ? "cancel" : null;
}

/** L18: leave that has begun cannot be taken back by whoever took it. */
export function hasBegun(request: Pick<LeaveRequest, "startDate">, today: Day) {
  return request.startDate <= today;
}

export const maximumNote = 2_000;
