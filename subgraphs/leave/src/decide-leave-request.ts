import type { Database } from "@hr/database";
import { BadInput, type Caller, Forbidden } from "@hr/service";
import type { Kysely } from "kysely";
import { localDate } from "./dates.ts";
import { findEmployees, findReports } from "./employee.repository.ts";
import { shortfallOf } from "./leave-balance.ts";
import { lockAccount } from "./leave-balance.repository.ts";
import { type LeaveDay, breakdownOf, chargeOf } from "./leave-day.ts";
import type { DecideProblem, TransitionProblem } from "./leave-problem.ts";
import {
  canCancel,
  isDecider,
  isOwn,
  mayRequestFor,
} from "./leave-request.policy.ts";
import { findDays, findRequests } from "./leave-request.repository.ts";
import {
  type LeaveRequest,
  type Transition,
  maximumNote,
  waysOut,
} from "./leave-request.ts";
import { replaceDays, transit } from "./leave-request-writes.repository.ts";
import { findRoster } from "./roster.repository.ts";
import { accountFor } from "./submit-leave-request.ts";
import type { Tables } from "./tables.ts";
import { bookUsage, reverseUsage } from "./usage.ts";

export type ChangeInput = {
  readonly leaveRequestId: string;
  readonly expectedVersion?: number | null;
  readonly note?: string | null;
};

/** With errors, nothing changed (but see L17). */
export type Changed<Problem> = {
  readonly requestId: string;
  readonly errors: readonly Problem[];
};

/** @throws Forbidden when the request is out of the caller's reach, or there is none (A4). */
export async function approveLeaveRequest(
  database: Database<Tables>,
  caller: Caller,
  input: ChangeInput,
): Promise<Changed<DecideProblem>> {
  const known = await demandDecidable(database, caller, input, "approve");
  if (isOwn(caller, known)) return selfApproval(known);
  return change(database, input, async (transaction) => {
    await lockAccount(transaction, known);
    const request = await reread(transaction, known.id);
    const stale = staleness(request, input, "approve");
    if (stale) return stale;
    return (
      (await changedDays(transaction, caller, request)) ??
      (await decide(transaction, { caller, input, request, by: "approve" }))
    );
  });
}

/** @throws Forbidden as for approval. */
export async function rejectLeaveRequest(
  database: Database<Tables>,
  caller: Caller,
  input: ChangeInput,
): Promise<Changed<DecideProblem>> {
  const known = await demandDecidable(database, caller, input, "reject");
  if (isOwn(caller, known)) return selfApproval(known);
  return change(database, input, async (transaction) => {
    const request = await reread(transaction, known.id);
    return (
      staleness(request, input, "reject") ??
      (await decide(transaction, { caller, input, request, by: "reject" }))
    );
  });
}

/**
 * Withdraws what is pending, cancels what is approved and gives the days back.
 * @throws Forbidden when the request is out of the caller's reach, or there is none (A4).
 */
export async function cancelLeaveRequest(
  database: Database<Tables>,
  caller: Caller,
  input: ChangeInput,
): Promise<Changed<TransitionProblem>> {
  const known = await findRequest(database.query, input.leaveRequestId);
  if (!known || !mayRequestFor(caller, known.employeeId))
    throw new Forbidden("Mutation.cancelLeaveRequest");
  demandNote(input);
  return change(database, input, async (transaction) => {
    const request = await reread(transaction, known.id);
    const by = waysOut(request.status);
    const stale = staleness(request, input, by);
    if (stale || !by) return stale ?? wrongState(request);
    const [employee] = await findEmployees(transaction, [request.employeeId]);
    const today = localDate(caller.now(), employee?.timeZone ?? "UTC");
    if (!canCancel(caller, request, today)) return wrongState(request);
    return decide(transaction, { caller, input, request, by });
  });
}

async function change<Problem>(
  database: Database<Tables>,
  { leaveRequestId }: ChangeInput,
  work: (transaction: Kysely<Tables>) => Promise<Problem | null>,
): Promise<Changed<Problem>> {
  const problem = await database.transaction(work);
  return { requestId: leaveRequestId, errors: problem ? [problem] : [] };
}

async function demandDecidable(
  database: Database<Tables>,
  caller: Caller,
  input: ChangeInput,
  by: "approve" | "reject",
): Promise<LeaveRequest> {
  const request = await findRequest(database.query, input.leaveRequestId);
  const manager = caller.principal.employeeId;
  const reports =
    request && manager
      ? await findReports(database.query, manager, [request.employeeId])
      : new Set<string>();
  const reachable =
    request &&
    (isOwn(caller, request) ||
      isDecider(caller, request, reports.has(request.employeeId)));
  if (!reachable) throw new Forbidden(`Mutation.${by}LeaveRequest`);
  demandNote(input);
  return request;
}

function demandNote({ note }: ChangeInput): void {
  if ((note ?? "").length > maximumNote)
    throw new BadInput("input.note", `has more than ${maximumNote} characters`);
}

/** The statement decides; who loses is told what the winner made of it. */
async function decide(
  transaction: Kysely<Tables>,
  change: {
    readonly caller: Caller;
    readonly input: ChangeInput;
    readonly request: LeaveRequest;
    readonly by: Transition;
  },
): Promise<TransitionProblem | null> {
  const { caller, input, request, by } = change;
  const now = caller.now();
  const decidedBy = caller.principal.employeeId;
  const note = input.note?.trim() || null;
  const won = await transit(transaction, request, { by, decidedBy, note, now });
  if (!won) return lost(transaction, request);
  if (by === "reject" || by === "withdraw") return null;
  const use = {
    request: { ...request, version: request.version + 1 },
    breakdown: await findDays(transaction, [request.id]),
    ...{ now, bookedBy: decidedBy, note: by === "cancel" ? note : null },
  };
  await (by === "approve" ? bookUsage : reverseUsage)(transaction, use);
  return null;
}

/** L17: nobody approves a number they did not see, nor one that is not there any more (L13). */
async function changedDays(
  transaction: Kysely<Tables>,
  caller: Caller,
  request: LeaveRequest,
): Promise<DecideProblem | null> {
  const { employeeId, startDate, endDate } = request;
  const [employee] = await findEmployees(transaction, [employeeId]);
  const days = { from: startDate, to: endDate };
  const roster = await findRoster(transaction, employeeId, days);
  const breakdown = breakdownOf(request, roster);
  const shown = await findDays(transaction, [request.id]);
  if (!isSame(shown, breakdown)) {
    const version = await replaceDays(transaction, request, {
      days: chargeOf(breakdown),
      ...{ breakdown, now: caller.now() },
    });
    return version === null ? lost(transaction, request) : conflict(version);
  }
  const account =
    employee &&
    (await accountFor(transaction, {
      ...{ employee, startDate, leaveTypeId: request.leaveTypeId },
      except: request.id,
    }));
  const shortfall = account && shortfallOf(account, breakdown);
  return shortfall
    ? {
        __typename: "InsufficientBalanceError",
        path: ["leaveRequestId"],
        ...shortfall,
      }
    : null;
}

function isSame(shown: readonly LeaveDay[], now: readonly LeaveDay[]): boolean {
  return (
    shown.length === now.length &&
    shown.every((day, index) => day.charged === now[index]?.charged)
  );
}

/** A5: the state is checked first, since it says more than a version. */
function staleness(
  request: LeaveRequest,
  { expectedVersion }: ChangeInput,
  by: Transition | null,
): TransitionProblem | null {
  if (by === null || (by !== "cancel" && request.status !== "PENDING"))
    return wrongState(request);
  const isStale =
    typeof expectedVersion === "number" && expectedVersion !== request.version;
  return isStale ? conflict(request.version) : null;
}

async function lost(
  transaction: Kysely<Tables>,
  before: LeaveRequest,
): Promise<TransitionProblem> {
  const now = await reread(transaction, before.id);
  return now.status === before.status ? conflict(now.version) : wrongState(now);
}

function conflict(currentVersion: number): TransitionProblem {
  return {
    __typename: "ConflictError",
    path: ["expectedVersion"],
    currentVersion,
  };
}

function wrongState({ status }: LeaveRequest): TransitionProblem {
  return { __typename: "LeaveStateError", path: ["leaveRequestId"], status };
}

function selfApproval({ id }: LeaveRequest): Changed<DecideProblem> {
  const path = ["leaveRequestId"];
  return { requestId: id, errors: [{ __typename: "SelfApprovalError", path }] };
}

async function findRequest(database: Kysely<Tables>, id: string) {
  const [request] = await findRequests(database, [id], { everyone: true });
  return request ?? null;
}

async function reread(
  transaction: Kysely<Tables>,
  id: string,
): Promise<LeaveRequest> {
  const request = await findRequest(transaction, id);
  if (!request) throw new Error("A leave request never vanishes.");
  return request;
}
