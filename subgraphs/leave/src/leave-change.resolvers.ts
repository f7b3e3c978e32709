import { BadInput, Forbidden } from "@hr/service";
import { findTeamAbsences } from "./absence.repository.ts";
import { demandDay } from "./arguments.policy.ts";
import type { LeaveContext } from "./context.ts";
import {
  type ChangeInput,
  type Changed,
  approveLeaveRequest,
  cancelLeaveRequest,
  rejectLeaveRequest,
} from "./decide-leave-request.ts";
import type { LeavePeriod } from "./leave-day.ts";
import { mayRead } from "./leave-problem.resolvers.ts";
import { type Problem, placed } from "./leave-problem.ts";
import { findRequests } from "./leave-request.repository.ts";
import { person } from "./person.policy.ts";
import {
  type Preview,
  previewLeaveRequest,
  submitLeaveRequest,
} from "./submit-leave-request.ts";
import type { Draft } from "./submission.ts";

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

/** What changes a request, and what a change would be. */
export const leaveChangeResolvers = {
  Query: {
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

  LeavePreview: {
    balanceBefore: (preview: Preview, _: unknown, context: LeaveContext) =>
      readable(preview, preview.balanceBefore, context),
    balanceAfter: (preview: Preview, _: unknown, context: LeaveContext) =>
      readable(preview, preview.balanceAfter, context),
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
};

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

function submitRoot(field: string | undefined): readonly string[] {
  const isOwn = field === "note" || field === "idempotencyKey";
  return isOwn ? ["input"] : ["input", "period"];
}

async function readable(
  { draft }: Preview,
  balance: number | null,
  context: LeaveContext,
): Promise<number | null> {
  return (await mayRead(draft.employeeId, context)) ? balance : null;
}
