import type { Caller } from "@hr/service";
import type { Day } from "./dates.ts";
import { type LeaveRequest, hasBegun, waysOut } from "./leave-request.ts";

type Owned = Pick<LeaveRequest, "employeeId">;

/** L16: for others only with the company-wide scope. */
export function mayRequestFor(caller: Caller, employeeId: string): boolean {
  const reach = caller.reach("leave:request");
  return reach.everyone || reach.self === employeeId;
}

export function isOwn(caller: Caller, { employeeId }: Owned): boolean {
  return caller.principal.employeeId === employeeId;
}

/** L15: whom the request was stamped to, anyone above its requester, or `leave:approve`. */
export function isDecider(
  caller: Caller,
  request: LeaveRequest,
  isReport: boolean,
): boolean {
  const reach = caller.reach("leave:approve");
  if (reach.everyone) return true;
  const { reports } = reach;
  return reports !== null && (isReport || request.approverId === reports);
}

/** A8: what `viewerCanApprove` says is what the mutation does. Never one's own, whatever the scopes. */
export function canApprove(
  caller: Caller,
  request: LeaveRequest,
  isReport: boolean,
): boolean {
  return (
    request.status === "PENDING" &&
    !isOwn(caller, request) &&
    isDecider(caller, request, isReport)
  );
}

/** L18, A7: one's own approved leave only before its first day, HR or not. */
export function canCancel(
  caller: Caller,
  request: LeaveRequest,
  today: Day,
): boolean {
  if (!mayRequestFor(caller, request.employeeId)) return false;
  const way = waysOut(request.status);
  if (way === null) return false;
  return (
    way === "withdraw" || !isOwn(caller, request) || !hasBegun(request, today)
  );
}

/** L15: whose stamp the inbox looks for, and whether requests without one belong in it. */
export function inboxOf(caller: Caller): {
  readonly approver: string;
  readonly unasked: boolean;
} {
  return {
    approver: caller.principal.employeeId ?? "",
    unasked: caller.reach("leave:approve").everyone,
  };
}
