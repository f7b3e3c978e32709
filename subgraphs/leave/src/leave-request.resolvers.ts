import type { PageArguments } from "@hr/database";
import { BadInput, Forbidden } from "@hr/service";
import { findTeamAbsences } from "./absence.repository.ts";
import { demandDay, maximumPage } from "./arguments.policy.ts";
import { type LeaveContext, todayOf } from "./context.ts";
import {
  type ChangeInput,
  type Changed,
  approveLeaveRequest,
  cancelLeaveRequest,
  rejectLeaveRequest,
} from "./decide-leave-request.ts";
import type { LeavePeriod } from "./leave-day.ts";
import type { Problem, SubmitProblem } from "./leave-problem.ts";
import { canApprove, canCancel, inboxOf } from "./leave-request.policy.ts";
import {
  type LeaveRequestFilter,
  type RequestsAsked,
  findRequests,
  pageApprovals,
  pageRequests,
} from "./leave-request.repository.ts";
import type { LeaveRequest } from "./leave-request.ts";
import { messageOf } from "./messages.ts";
import { person } from "./person.ts";
import {
  type Preview,
  previewLeaveRequest,
  submitLeaveRequest,
} from "./submit-leave-request.ts";
import type { Draft } from "./submission.ts";

type ById = { readonly id: string };
type Listed = PageArguments & { readonly filter?: LeaveRequestFilter | null };
type Input<Fields> = { readonly input: Fields };

type PeriodInput = LeavePeriod & {
  readonly employeeId?: string | null;
  readonly leaveTypeId: string;
};
type SubmitInput = {
  readonly period: PeriodInput;
  readonly note?: string | null;
  readonly idempotencyKey?: string | null;
};

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
      pageApprovals(context.database, inboxOf(context), {
        ...page,
        maximum: maximumPage(context),
      }),
    async previewLeaveRequest(
      _: unknown,
      { input }: Input<PeriodInput>,
      context: LeaveContext,
    ) {
      const draft = draftOf(input, context, "Query.previewLeaveRequest");
      const preview = await previewLeaveRequest(
        context.database,
        context,
        draft,
      );
      return { ...preview, errors: placed(preview.errors, () => ["input"]) };
    },
  },

  Mutation: {
    async submitLeaveRequest(
      _: unknown,
      { input }: Input<SubmitInput>,
      context: LeaveContext,
    ) {
      const note = input.note?.normalize("NFC").trim() || null;
      const at = "Mutation.submitLeaveRequest";
      const draft = { ...draftOf(input.period, context, at), note };
      const idempotencyKey = input.idempotencyKey ?? null;
      const answer = await submitLeaveRequest(context.database, context, {
        ...{ draft, idempotencyKey },
      });
      return answer.kind === "submitted"
        ? payload({ requestId: answer.requestId, errors: [] }, context)
        : { errors: placed(answer.errors, submitRoot) };
    },
    cancelLeaveRequest: async (
      _: unknown,
      { input }: Input<ChangeInput>,
      context: LeaveContext,
    ) =>
      payload(
        await cancelLeaveRequest(context.database, context, input),
        context,
      ),
    approveLeaveRequest: async (
      _: unknown,
      { input }: Input<ChangeInput>,
      context: LeaveContext,
    ) =>
      payload(
        await approveLeaveRequest(context.database, context, input),
        context,
      ),
    rejectLeaveRequest: async (
      _: unknown,
      { input }: Input<ChangeInput>,
      context: LeaveContext,
    ) =>
      payload(
        await rejectLeaveRequest(context.database, context, input),
        context,
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

  LeavePreview: {
    balanceBefore: (preview: Preview, _: unknown, context: LeaveContext) =>
      readable(preview.draft.employeeId, preview.balanceBefore, context),
    balanceAfter: (preview: Preview, _: unknown, context: LeaveContext) =>
      readable(preview.draft.employeeId, preview.balanceAfter, context),
    approver: ({ approverId }: Preview, _: unknown, context: LeaveContext) =>
      person(approverId, context),
    async teamAbsences({ draft }: Preview, _: unknown, context: LeaveContext) {
      const employee = await context.load.employee.load(draft.employeeId);
      if (!employee?.managerId) return [];
      const team = { managerId: employee.managerId, except: employee.id };
      const window = { from: draft.startDate, to: draft.endDate };
      return findTeamAbsences(context.database.query, team, window);
    },
  },

  OverlappingLeaveError: {
    message,
    conflicts: (
      { conflicts }: { readonly conflicts: readonly LeaveRequest[] },
      _: unknown,
      context: LeaveContext,
    ) => readable(conflicts[0]?.employeeId, conflicts, context, []),
  },
  ValidationError: { message },
  ConflictError: { message },
  InsufficientBalanceError: { message },
  NoWorkingDaysError: { message },
  LeaveNotAllowedError: { message },
  LeaveStateError: { message },
  SelfApprovalError: { message },
};

function askedOf(
  filter: LeaveRequestFilter | null | undefined,
  page: PageArguments,
  context: LeaveContext,
): RequestsAsked {
  const maximum = maximumPage(context);
  return { filter: filter ?? {}, page: { ...page, maximum } };
}

function draftOf(
  input: PeriodInput,
  { principal }: LeaveContext,
  coordinate: string,
): Draft & { readonly employeeId: string } {
  const employeeId = input.employeeId ?? principal.employeeId;
  if (employeeId === null) throw new Forbidden(coordinate);
  demandDay("startDate", input.startDate);
  demandDay("endDate", input.endDate);
  const { leaveTypeId, startDate, startPortion, endDate, endPortion } = input;
  return {
    ...{ employeeId, leaveTypeId },
    ...{ startDate, startPortion, endDate, endPortion },
  };
}

/** The entity as it stands after the change, read anew; null beside errors (A3). */
async function payload(
  { requestId, errors }: Changed<Problem>,
  context: LeaveContext,
) {
  if (errors.length > 0) return { errors: placed(errors, () => ["input"]) };
  const { database, load } = context;
  const everyone = { everyone: true } as const;
  const [row] = await findRequests(database.query, [requestId], everyone);
  if (!row) throw new BadInput("leaveRequestId", "is unknown");
  load.days.clear(row.id);
  const balances = load.balances(null).clear(row.employeeId);
  return {
    leaveRequest: row,
    async balance() {
      const all = await balances.load(row.employeeId);
      return all.find(({ leaveType }) => leaveType.id === row.leaveTypeId);
    },
    errors: [],
  };
}

type Placed = { readonly path: readonly string[] };

function placed<P extends Problem>(
  errors: readonly P[],
  rootOf: (field: string | undefined) => readonly string[],
): readonly (P & Placed)[] {
  return errors.map((error) => ({
    ...error,
    path: [...rootOf(error.path[0]), ...error.path],
  }));
}

function submitRoot(field: string | undefined): readonly string[] {
  const isOwn = field === "note" || field === "idempotencyKey";
  return isOwn ? ["input"] : ["input", "period"];
}

/** Whoever may ask for leave may still not read the record it is about. */
async function readable<Value, Instead = null>(
  employeeId: string | undefined,
  value: Value,
  context: LeaveContext,
  instead: Instead | null = null,
): Promise<Value | Instead | null> {
  const read = context.reach("leave:read");
  if (read.everyone || employeeId === undefined) return value;
  if (read.self === employeeId) return value;
  const isReport =
    read.reports !== null &&
    (await context.load.report.load(employeeId)) !== null;
  return isReport ? value : instead;
}

function message(
  problem: SubmitProblem | Problem,
  _: unknown,
  { language }: LeaveContext,
): string {
  return messageOf(problem, language);
}
