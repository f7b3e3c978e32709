import type { LeaveContext } from "./context.ts";
import type { Problem } from "./leave-problem.ts";
import type { LeaveRequest } from "./leave-request.ts";
import { messageOf } from "./messages.ts";

type Overlap = { readonly conflicts: readonly LeaveRequest[] };

export const leaveProblemResolvers = {
  OverlappingLeaveError: {
    message,
    /** All of one person, so all or none of them can be read (L12). */
    async conflicts({ conflicts }: Overlap, _: unknown, context: LeaveContext) {
      const whose = conflicts[0]?.employeeId;
      const shown = whose !== undefined && (await mayRead(whose, context));
      return shown ? conflicts : [];
    },
  },
  ValidationError: { message },
  ConflictError: { message },
  InsufficientBalanceError: { message },
  NoWorkingDaysError: { message },
  LeaveNotAllowedError: { message },
  LeaveStateError: { message },
  SelfApprovalError: { message },
};

/** Whoever may ask for leave may still not read the record it is about. */
export async function mayRead(
  employeeId: string,
  context: LeaveContext,
): Promise<boolean> {
  const reach = context.reach("leave:read");
  if (reach.everyone || reach.self === employeeId) return true;
  if (reach.reports === null) return false;
  return (await context.load.report.load(employeeId)) !== null;
}

function message(problem: Problem, _: unknown, { language }: LeaveContext) {
  return messageOf(problem, language);
}
