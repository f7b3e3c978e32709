import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  type LeaveUnderTest,
  ada,
  hana,
  mia,
  now,
  startWithDemoCompany,
} from "./testing.ts";

let leave: LeaveUnderTest | undefined;
beforeEach(async () => {
  await leave?.close();
  leave = await startWithDemoCompany();
});
afterAll(() => leave?.close());

const adasPending = "lvr_demo_02";
const adasPast = "lvr_demo_01";
const fields = "id status days version decidedBy { id } decisionNote";
const problems = `errors { __typename ... on UserError { message path }
  ... on ConflictError { currentVersion } ... on LeaveStateError { status }`;
const mutations = {
  approve: `mutation ($input: DecideLeaveRequestInput!) { done: approveLeaveRequest(input: $input) {
    leaveRequest { ${fields} } ${problems} ... on InsufficientBalanceError { requested available } } } }`,
  reject: `mutation ($input: DecideLeaveRequestInput!) { done: rejectLeaveRequest(input: $input) {
    leaveRequest { ${fields} } ${problems} } } }`,
  cancel: `mutation ($input: CancelLeaveRequestInput!) { done: cancelLeaveRequest(input: $input) {
    leaveRequest { ${fields} } balance { available pending scheduled } ${problems} } } }`,
};

describe("approving", () => {
  test("books the days: Mia approves Ada's three days in June", async () => {
    const note = "Enjoy";
    expect(await act("approve", mia, adasPending, { note })).toMatchObject({
      leaveRequest: {
        status: "APPROVED",
        days: 3,
        version: 2,
        decidedBy: { id: "emp_mia" },
        decisionNote: "Enjoy",
      },
      errors: [],
    });
    expect(await ledgerOf(adasPending)).toEqual([
      {
        kind: "USAGE",
        amount: -300,
        effective_on: "2026-06-03",
        source_key: `usage:${adasPending}:2026:2`,
        created_by: "emp_mia",
      },
    ]);
  });

  test("is never done to one's own request, by a manager or by HR", async () => {
    for (const [who, id] of [
      [mia, "lvr_demo_03"],
      [hana, "lvr_demo_05"],
    ] as const)
      for (const action of ["approve", "reject"] as const)
        expect(await act(action, who, id)).toMatchObject({
          leaveRequest: null,
          errors: [{ __typename: "SelfApprovalError" }],
        });
  });

  test("shows a number that changed instead of approving it (L17)", async () => {
    await database()
      .insertInto("holiday")
      .values({
        ...{ id: "hol_new", calendar_id: "hcl_de_be", date: "2026-06-04" },
        ...{ name: "A day off", half_day: false },
      })
      .execute();
    expect(await act("approve", mia, adasPending)).toMatchObject({
      leaveRequest: null,
      errors: [{ __typename: "ConflictError", currentVersion: 2 }],
    });
    expect(await ledgerOf(adasPending)).toEqual([]);
    expect(await act("approve", mia, adasPending)).toMatchObject({
      leaveRequest: { status: "APPROVED", days: 2, version: 3 },
    });
  });

  test("checks the balance again (L13)", async () => {
    await database()
      .insertInto("leave_ledger")
      .values({
        ...{ employee_id: "emp_ada", leave_type_id: "lvt_annual" },
        ...{ kind: "ADJUSTMENT", amount: -2400, effective_on: "2026-05-01" },
        ...{ source_key: "adjustment:test", created_at: now },
      })
      .execute();
    expect(await act("approve", mia, adasPending)).toMatchObject({
      errors: [
        { __typename: "InsufficientBalanceError", requested: 3, available: 1 },
      ],
    });
  });

  test("heeds the version that was seen, and works without one (A5)", async () => {
    expect(
      await act("approve", mia, adasPending, { expectedVersion: 7 }),
    ).toMatchObject({
      errors: [{ __typename: "ConflictError", currentVersion: 1 }],
    });
    expect(
      await act("approve", mia, adasPending, { expectedVersion: 1 }),
    ).toMatchObject({ leaveRequest: { version: 2 } });
  });

  test("across New Year takes the days from both years", async () => {
    const keys = (await ledgerOf("lvr_demo_13")).map((one) => [
      one.source_key,
      one.amount,
    ]);
    expect(keys).toEqual([
      ["usage:lvr_demo_13:2026:2", -350],
      ["usage:lvr_demo_13:2027:2", -100],
    ]);
  });
});

describe("rejecting", () => {
  test("frees the days: Ada's request ends REJECTED, and its half can be asked for again", async () => {
    expect(await act("reject", mia, adasPending)).toMatchObject({
      leaveRequest: { status: "REJECTED", decidedBy: { id: "emp_mia" } },
    });
    expect(await ledgerOf(adasPending)).toEqual([]);
    expect(await act("approve", mia, adasPending)).toMatchObject({
      leaveRequest: null,
      errors: [{ __typename: "LeaveStateError", status: "REJECTED" }],
    });
  });
});

describe("giving up a request (L18)", () => {
  test("withdraws what is pending", async () => {
    expect(await act("cancel", ada, adasPending)).toMatchObject({
      leaveRequest: { status: "WITHDRAWN", decidedBy: null },
      balance: { pending: 0, available: 25 },
      errors: [],
    });
    expect(await act("cancel", ada, adasPending)).toMatchObject({
      errors: [{ __typename: "LeaveStateError", status: "WITHDRAWN" }],
    });
  });

  test("cancels what is approved and ahead, and gives every day back", async () => {
    await act("approve", mia, adasPending);
    expect(await act("cancel", ada, adasPending)).toMatchObject({
      leaveRequest: { status: "CANCELLED", version: 3 },
      balance: { available: 25, scheduled: 0 },
    });
    const amounts = (await ledgerOf(adasPending)).map(({ amount }) => amount);
    expect(amounts).toEqual([-300, 300]);
  });

  test("is too late for Ada once her leave has begun, and not for HR", async () => {
    expect(await act("cancel", ada, adasPast)).toMatchObject({
      errors: [{ __typename: "LeaveStateError", status: "APPROVED" }],
    });
    expect(await act("cancel", hana, adasPast)).toMatchObject({
      leaveRequest: { status: "CANCELLED" },
    });
  });

  test("is too late for HR's own leave as well (A7)", async () => {
    const { data } = await ask(
      `mutation { submitLeaveRequest(input: { period: { leaveTypeId: "lvt_sick",
        startDate: "2026-05-11", endDate: "2026-05-11" } }) { leaveRequest { id } } }`,
      hana,
    );
    const { id } = (
      data as { submitLeaveRequest: { leaveRequest: { id: string } } }
    ).submitLeaveRequest.leaveRequest;
    expect(await act("cancel", hana, id)).toMatchObject({
      errors: [{ __typename: "LeaveStateError", status: "APPROVED" }],
    });
  });
});

test("a note has at most 2,000 characters", async () => {
  const note = "x".repeat(2_001);
  const { errors } = await ask(mutations.approve, mia, {
    input: { leaveRequestId: adasPending, note },
  });
  expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
});

type Action = keyof typeof mutations;

async function act(
  action: Action,
  as: typeof ada,
  leaveRequestId: string,
  more: Record<string, unknown> = {},
) {
  const answer = await ask(mutations[action], as, {
    input: { leaveRequestId, ...more },
  });
  expect(answer.errors).toBeUndefined();
  return (answer.data as { done: unknown }).done;
}

function ask(...args: Parameters<LeaveUnderTest["ask"]>) {
  if (!leave) throw new Error("The subgraph has not started.");
  return leave.ask(...args);
}

function database() {
  if (!leave) throw new Error("The subgraph has not started.");
  return leave.database.query;
}

function ledgerOf(requestId: string) {
  return database()
    .selectFrom("leave_ledger")
    .where("request_id", "=", requestId)
    .orderBy("effective_on")
    .orderBy("id")
    .select(["kind", "amount", "effective_on", "source_key", "created_by"])
    .execute();
}
