import type { PageArguments } from "@hr/database";
import { maximumPage } from "./arguments.policy.ts";
import { type LeaveContext, todayOf } from "./context.ts";
import { canApprove, canCancel, inboxOf } from "./leave-request.policy.ts";
import {
  type LeaveRequestFilter,
  type RequestsAsked,
  findRequests,
  pageApprovals,
  pageRequests,
} from "./leave-request.repository.ts";
import type { LeaveRequest } from "./leave-request.ts";
import { person } from "./person.policy.ts";

type ById = { readonly id: string };
type Listed = PageArguments & { readonly filter?: LeaveRequestFilter | null };

export const leaveRequestResolvers = {
  Query: {
    async leaveRequest(_: unknown, { id }: ById, context: LeaveContext) {
      const reach = context.reach("leave:read");
      const found = await findRequests(context.database.query, [id], reach);
      return found[0] ?? null;
    },
    leaveRequests: (
      _: unknown,
      { filter, ...page }: Listed,
      context: LeaveContext,
    ) =>
      pageRequests(
        context.database,
        askedOf(filter, page, context),
        context.reach("leave:read"),
      ),
    leaveApprovals: (_: unknown, page: PageArguments, context: LeaveContext) =>
      pageApprovals(
        context.database,
        {
          inbox: inboxOf(context),
          page: { ...page, maximum: maximumPage(context) },
        },
        context.reach("leave:read"),
      ),
  },

  Employee: {
    leaveRequests: (
      { id }: ById,
      { filter, ...page }: Listed,
      context: LeaveContext,
    ) => context.load.requestsOf(askedOf(filter, page, context)).load(id),
  },

  LeaveRequest: {
    __resolveReference: ({ id }: ById, { load }: LeaveContext) =>
      load.request.load(id),
    employee: (row: LeaveRequest, _: unknown, context: LeaveContext) =>
      person(row.employeeId, context),
    leaveType: (row: LeaveRequest, _: unknown, { load }: LeaveContext) =>
      load.leaveType.load(row.leaveTypeId),
    breakdown: ({ id }: LeaveRequest, _: unknown, { load }: LeaveContext) =>
      load.days.load(id),
    approver: (row: LeaveRequest, _: unknown, context: LeaveContext) =>
      person(row.approverId, context),
    decidedBy: (row: LeaveRequest, _: unknown, context: LeaveContext) =>
      person(row.decidedById, context),
    async viewerCanApprove(
      row: LeaveRequest,
      _: unknown,
      context: LeaveContext,
    ) {
      const report = await context.load.report.load(row.employeeId);
      return canApprove(context, row, report !== null);
    },
    async viewerCanCancel(
      row: LeaveRequest,
      _: unknown,
      context: LeaveContext,
    ) {
      const employee = await context.load.employee.load(row.employeeId);
      return !!employee && canCancel(context, row, todayOf(context, employee));
    },
  },
};

function askedOf(
  filter: LeaveRequestFilter | null | undefined,
  page: PageArguments,
  context: LeaveContext,
): RequestsAsked {
  const maximum = maximumPage(context);
  return { filter: filter ?? {}, page: { ...page, maximum } };
}
