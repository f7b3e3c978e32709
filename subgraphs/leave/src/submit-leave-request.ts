import type { Database } from "@hr/database";
import { type Caller, Forbidden } from "@hr/service";
import type { Kysely } from "kysely";
import { localDate } from "./dates.ts";
import type { Employee } from "./employee.ts";
import { findApprover, findEmployees } from "./employee.repository.ts";
import { type Account, balanceOn, periodOf } from "./leave-balance.ts";
import { findAccounts, lockAccount } from "./leave-balance.repository.ts";
import { chargeOf } from "./leave-day.ts";
import type { SubmitProblem } from "./leave-problem.ts";
import { mayRequestFor } from "./leave-request.policy.ts";
import { findConflicts } from "./leave-request.repository.ts";
import {
  type KeyClaim,
  claimKey,
  insertRequest,
  keepKey,
  releaseKey,
} from "./leave-request-writes.repository.ts";
import { findOffer } from "./leave-type.repository.ts";
import { findRoster } from "./roster.repository.ts";
import { type Draft, type Judgement, judge } from "./submission.ts";
import type { Tables } from "./tables.ts";
import { bookUsage } from "./usage.ts";

export type SubmitInput = {
  readonly draft: Omit<Draft, "employeeId"> & { readonly employeeId: string };
  readonly idempotencyKey: string | null;
};

export type Submitted =
  | { readonly kind: "submitted"; readonly requestId: string }
  | { readonly kind: "refused"; readonly errors: readonly SubmitProblem[] };

export type Preview = Judgement & {
  readonly draft: Draft;
  readonly approverId: string | null;
  readonly balanceBefore: number | null;
  readonly balanceAfter: number | null;
};

/**
 * Writes a request: pending, or approved where its type needs no approval (L16).
 * @throws Forbidden when the caller may not ask for this person, or there is none (A4).
 */
export async function submitLeaveRequest(
  database: Database<Tables>,
  caller: Caller,
  input: SubmitInput,
): Promise<Submitted> {
  const employee = await demandEmployee(
    database.query,
    caller,
    input.draft.employeeId,
    "Mutation.submitLeaveRequest",
  );
  const { idempotencyKey: key, draft } = input;
  if (key !== null && !/^[\x20-\x7e]{1,64}$/.test(key)) return refusedKey();
  const claim = key === null ? null : claimOf(caller, key);
  const attempt = () =>
    database.transaction((transaction) =>
      claim
        ? submitOnce(transaction, { caller, employee, draft, claim })
        : submit(transaction, { caller, employee, draft }),
    );
  try {
    return await attempt();
  } catch (error) {
    // Somebody took a shared half in between: now it is there to be named.
    if (isExclusion(error)) return attempt();
    throw error;
  }
}

/** L14: what submit would answer, by the same function, without the write. */
export async function previewLeaveRequest(
  database: Database<Tables>,
  caller: Caller,
  draft: Draft,
): Promise<Preview> {
  const employee = await demandEmployee(
    database.query,
    caller,
    draft.employeeId,
    "Query.previewLeaveRequest",
  );
  const assessed = await assess(database.query, {
    ...{ employee, draft },
    now: caller.now(),
  });
  const { account, approverId, judgement } = assessed;
  const before = account && balanceOn(account, draft.startDate).available;
  const { end } = periodOf(draft.startDate);
  const charged = chargeOf(
    judgement.breakdown.filter(({ date }) => date <= end),
  );
  return {
    ...judgement,
    ...{ draft, approverId },
    balanceBefore: before,
    balanceAfter: before === null ? null : before - charged,
  };
}

type Submission = {
  readonly caller: Caller;
  readonly employee: Employee;
  readonly draft: Draft;
};

async function submitOnce(
  transaction: Kysely<Tables>,
  { claim, ...submission }: Submission & { readonly claim: KeyClaim },
): Promise<Submitted> {
  const claimed = await claimKey(transaction, claim, {
    input: submission.draft,
    now: submission.caller.now(),
  });
  if (claimed.kind === "other input") return refusedKey();
  if (claimed.kind === "repeated")
    return { kind: "submitted", requestId: claimed.entityId };
  const answer = await submit(transaction, submission);
  if (answer.kind === "submitted")
    await keepKey(transaction, claim, answer.requestId);
  else await releaseKey(transaction, claim);
  return answer;
}

async function submit(
  transaction: Kysely<Tables>,
  { caller, employee, draft }: Submission,
): Promise<Submitted> {
  const now = caller.now();
  const offer = await findOffer(
    transaction,
    draft.leaveTypeId,
    employee.countryCode,
  );
  if (offer) await lockAccount(transaction, draft);
  const { judgement, approverId } = await assess(transaction, {
    ...{ employee, draft, now },
  });
  if (judgement.errors.length > 0)
    return { kind: "refused", errors: judgement.errors };
  const isApproved = offer?.type.requiresApproval === false;
  const requestId = await insertRequest(transaction, {
    ...{ draft, now },
    days: judgement.days,
    breakdown: judgement.breakdown,
    status: isApproved ? "APPROVED" : "PENDING",
    approverId: isApproved ? null : approverId,
    submittedBy: caller.principal.employeeId ?? caller.principal.subject,
  });
  if (isApproved)
    await bookUsage(transaction, {
      request: { ...draft, id: requestId, version: 1 },
      breakdown: judgement.breakdown,
      ...{ now, bookedBy: caller.principal.employeeId },
    });
  return { kind: "submitted", requestId };
}

async function assess(
  database: Kysely<Tables>,
  asked: {
    readonly employee: Employee;
    readonly draft: Draft;
    readonly now: Date;
  },
): Promise<{
  readonly judgement: Judgement;
  readonly account: Account | null;
  readonly approverId: string | null;
}> {
  const { employee, draft, now } = asked;
  const [leave, roster, conflicts, account, approverId] = await Promise.all([
    findOffer(database, draft.leaveTypeId, employee.countryCode),
    findRoster(database, employee.id, {
      from: draft.startDate,
      to: draft.endDate,
    }),
    findConflicts(database, draft),
    accountFor(database, { employee, ...draft }),
    findApprover(database, employee.id, now),
  ]);
  const today = localDate(now, employee.timeZone);
  const facts = { today, leave, roster, conflicts, account };
  return { judgement: judge(draft, facts), account, approverId };
}

/** The account a period of leave is taken from, with everything due until a year later; null: no limit. */
export async function accountFor(
  database: Kysely<Tables>,
  asked: {
    readonly employee: Employee;
    readonly leaveTypeId: string;
    readonly startDate: string;
    readonly except?: string;
  },
): Promise<Account | null> {
  const year = Number(asked.startDate.slice(0, 4));
  const accounts = await findAccounts(database, {
    employees: [asked.employee],
    years: [year, year + 1, year + 2],
    ...(asked.except !== undefined && { except: asked.except }),
  });
  return (
    accounts.find(({ leaveType }) => leaveType.id === asked.leaveTypeId) ?? null
  );
}

async function demandEmployee(
  database: Kysely<Tables>,
  caller: Caller,
  id: string,
  coordinate: string,
): Promise<Employee> {
  const [employee] = mayRequestFor(caller, id)
    ? await findEmployees(database, [id])
    : [];
  if (!employee) throw new Forbidden(coordinate);
  return employee;
}

function claimOf({ principal }: Caller, key: string): KeyClaim {
  const { clientId, subject } = principal;
  return { clientId, subject, mutation: "submitLeaveRequest", key };
}

function refusedKey(): Submitted {
  const path = ["idempotencyKey"];
  return {
    kind: "refused",
    errors: [{ __typename: "ValidationError", path, code: "INVALID" }],
  };
}

function isExclusion(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "23P01";
}
