import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type LeaveUnderTest,
  ada,
  hana,
  mia,
  now,
  person,
  startWithDemoCompany,
} from "./testing.ts";

let leave: LeaveUnderTest;
beforeAll(async () => {
  leave = await startWithDemoCompany();
});
afterAll(() => leave.close());

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
  test("books the days: Mia approves three of Ada's", async () => {
    const id = await requestOf(ada, "2026-07-06", "2026-07-08");
    expect(await act("approve", mia, id, { note: "Enjoy" })).toEqual({
      leaveRequest: {
        id,
        status: "APPROVED",
        days: 3,
        version: 2,
        decidedBy: { id: "emp_mia" },
        decisionNote: "Enjoy",
      },
      errors: [],
    });
    expect(await ledgerOf(id)).toEqual([
      {
        kind: "USAGE",
        amount: -300,
        effective_on: "2026-07-06",
        source_key: `usage:${id}:2026:2`,
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
    const id = await requestOf(ada, "2026-07-13", "2026-07-15");
    await leave.database.query
      .insertInto("holiday")
      .values({
        ...{ id: "hol_new", calendar_id: "hcl_de_be", date: "2026-07-14" },
        ...{ name: "A day off", half_day: false },
      })
      .execute();
    expect(await act("approve", mia, id)).toMatchObject({
      leaveRequest: null,
      errors: [{ __typename: "ConflictError", currentVersion: 2 }],
    });
    expect(await ledgerOf(id)).toEqual([]);
    expect(await act("approve", mia, id)).toMatchObject({
      leaveRequest: { status: "APPROVED", days: 2, version: 3 },
    });
  });

  test("checks the balance again (L13)", async () => {
    const elif = person("0011", ada.scopes);
    const id = await requestOf(elif, "2026-07-06", "2026-07-08");
    await leave.database.query
      .insertInto("leave_ledger")
      .values({
        ...{ employee_id: "emp_0011", leave_type_id: "lvt_annual" },
        ...{ kind: "ADJUSTMENT", amount: -2350, effective_on: "2026-05-01" },
        ...{ source_key: "adjustment:test", created_at: now },
      })
      .execute();
    expect(await act("approve", mia, id)).toMatchObject({
      errors: [
        { __typename: "InsufficientBalanceError", requested: 3, available: 1 },
      ],
    });
  });

  test("heeds the version that was seen (A5)", async () => {
    const id = await requestOf(ada, "2026-07-20", "2026-07-20");
    expect(await act("approve", mia, id, { expectedVersion: 7 })).toMatchObject(
      {
        errors: [{ __typename: "ConflictError", currentVersion: 1 }],
      },
    );
    expect(await act("approve", mia, id, { expectedVersion: 1 })).toMatchObject(
      {
        leaveRequest: { version: 2 },
      },
    );
  });

  test("across New Year takes the days from both years", async () => {
    const id = await requestOf(ada, "2026-12-28", "2027-01-04");
    await act("approve", mia, id);
    const booked = (await ledgerOf(id)).map((one) => [
      one.source_key,
      one.amount,
    ]);
    // 31 December is half free, 1 January free.
    expect(booked).toEqual([
      [`usage:${id}:2026:2`, -350],
      [`usage:${id}:2027:2`, -100],
    ]);
  });
});

test("rejecting books nothing and frees the days", async () => {
  const id = await requestOf(ada, "2026-08-03", "2026-08-04");
  expect(await act("reject", mia, id)).toMatchObject({
    leaveRequest: { status: "REJECTED", decidedBy: { id: "emp_mia" } },
  });
  expect(await ledgerOf(id)).toEqual([]);
  expect(await act("approve", mia, id)).toMatchObject({
    leaveRequest: null,
    errors: [{ __typename: "LeaveStateError", status: "REJECTED" }],
  });
  await requestOf(ada, "2026-08-03", "2026-08-04");
});

describe("giving up a request (L18)", () => {
  test("withdraws what is pending", async () => {
    const id = await requestOf(ada, "2026-08-10", "2026-08-11");
    const before = await available("emp_ada");
    expect(await act("cancel", ada, id)).toMatchObject({
      leaveRequest: { status: "WITHDRAWN", decidedBy: null },
      balance: { available: before + 2 },
      errors: [],
    });
    expect(await act("cancel", ada, id)).toMatchObject({
      errors: [{ __typename: "LeaveStateError", status: "WITHDRAWN" }],
    });
  });

  test("cancels what is approved and ahead, and gives every day back", async () => {
    const id = await requestOf(ada, "2026-08-17", "2026-08-19");
    await act("approve", mia, id);
    const before = await available("emp_ada");
    expect(await act("cancel", ada, id)).toMatchObject({
      leaveRequest: { status: "CANCELLED", version: 3 },
      balance: { available: before + 3 },
    });
    const amounts = (await ledgerOf(id)).map(({ amount }) => amount);
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
    const id = await requestOf(hana, "2026-05-11", "2026-05-11", "lvt_sick");
    expect(await act("cancel", hana, id)).toMatchObject({
      errors: [{ __typename: "LeaveStateError", status: "APPROVED" }],
    });
  });
});

test("a note has at most 2,000 characters", async () => {
  const note = "x".repeat(2_001);
  const { errors } = await leave.ask(mutations.approve, mia, {
    input: { leaveRequestId: "lvr_demo_02", note },
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
  const answer = await leave.ask(mutations[action], as, {
    input: { leaveRequestId, ...more },
  });
  expect(answer.errors).toBeUndefined();
  return (answer.data as { done: unknown }).done;
}

async function requestOf(
  as: typeof ada,
  startDate: string,
  endDate: string,
  leaveTypeId = "lvt_annual",
): Promise<string> {
  const { data } = await leave.ask(
    `mutation ($input: SubmitLeaveRequestInput!) {
      done: submitLeaveRequest(input: $input) { leaveRequest { id } errors { __typename } } }`,
    as,
    { input: { period: { leaveTypeId, startDate, endDate } } },
  );
  const { done } = data as {
    done: { leaveRequest: { id: string } | null; errors: unknown[] };
  };
  expect(done.errors).toEqual([]);
  return done.leaveRequest?.id ?? "";
}

async function available(employeeId: string): Promise<number> {
  const { data } = await leave.ask(
    `query ($id: ID!) { _entities(representations: [{ __typename: "Employee", id: $id }]) {
      ... on Employee { leaveBalances { available leaveType { code } } } } }`,
    hana,
    { id: employeeId },
  );
  const [person] = (
    data as {
      _entities: {
        leaveBalances: { available: number; leaveType: { code: string } }[];
      }[];
    }
  )._entities;
  const annual = person?.leaveBalances.find(
    ({ leaveType }) => leaveType.code === "ANNUAL",
  );
  return annual?.available ?? Number.NaN;
}

function ledgerOf(requestId: string) {
  return leave.database.query
    .selectFrom("leave_ledger")
    .where("request_id", "=", requestId)
    .orderBy("effective_on")
    .orderBy("id")
    .select(["kind", "amount", "effective_on", "source_key", "created_by"])
    .execute();
}
