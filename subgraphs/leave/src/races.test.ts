import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { addDays } from "./dates.ts";
import {
  type LeaveUnderTest,
  ada,
  chiamaka,
  hana,
  mia,
  startWithDemoCompany,
} from "./testing.ts";

const rounds = Array.from({ length: 10 }, (_, round) => round);

let leave: LeaveUnderTest;
beforeAll(async () => {
  leave = await startWithDemoCompany();
});
afterAll(() => leave.close());

describe("of two at once, exactly one wins (2.5)", () => {
  test("when they ask for the same days, of one type or of two", async () => {
    for (const round of rounds) {
      const day = addDays("2027-02-01", 7 * round);
      const other = round % 2 === 0 ? "lvt_annual" : "lvt_unpaid";
      const answers = await Promise.all([
        submit("emp_ada", "lvt_annual", day, addDays(day, 1)),
        submit("emp_ada", other, addDays(day, 1), addDays(day, 2)),
      ]);
      expect(answers.flat()).toEqual(["OverlappingLeaveError"]);
    }
  });

  test("when they ask for the last days", async () => {
    for (const round of rounds) {
      const person = berliners[round] ?? "";
      const answers = await Promise.all([
        submit(person, "lvt_annual", "2026-09-07", "2026-09-25"),
        submit(person, "lvt_annual", "2026-10-05", "2026-10-23"),
      ]);
      expect(answers.flat()).toEqual(["InsufficientBalanceError"]);
    }
  });

  test("when two approve", async () => {
    for (const round of rounds) {
      const id = await pending(round);
      const answers = await Promise.all([
        change("approve", id, mia),
        change("approve", id, hana),
      ]);
      expect(answers.flat()).toEqual([expect.stringMatching(lost)]);
      expect(await booked(id)).toBe(1);
    }
  });

  test("when one approves and another rejects", async () => {
    for (const round of rounds) {
      const id = await pending(round + 10);
      const answers = await Promise.all([
        change("approve", id, mia),
        change("reject", id, hana),
      ]);
      expect(answers.flat()).toEqual([expect.stringMatching(lost)]);
      expect(await booked(id)).toBe(
        (await statusOf(id)) === "APPROVED" ? 1 : 0,
      );
    }
  });

  test("when one approves and the requester withdraws: what is approved first is then cancelled", async () => {
    for (const round of rounds) {
      const id = await pending(round + 20);
      const [approved, withdrawn] = await Promise.all([
        change("approve", id, mia),
        change("cancel", id, ada, 1),
      ]);
      expect([...approved, ...withdrawn]).toEqual([
        expect.stringMatching(lost),
      ]);
      const isApproved = (await statusOf(id)) === "APPROVED";
      expect(approved).toHaveLength(isApproved ? 0 : 1);
      expect(await booked(id)).toBe(isApproved ? 1 : 0);
    }
  });

  test("when they come under the same version of two managers", async () => {
    for (const round of rounds) {
      const id = await pending(round + 30, "emp_0011");
      const answers = await Promise.all([
        change("approve", id, mia, 1),
        change("reject", id, chiamaka, 1),
      ]);
      expect(answers.flat()).toEqual([expect.stringMatching(lost)]);
    }
  });
});

const lost = /^(LeaveStateError|ConflictError)$/;

const berliners = [
  ...["emp_0002", "emp_0003", "emp_0012", "emp_0013", "emp_0017"],
  ...["emp_0039", "emp_0042", "emp_amir", "emp_0047", "emp_0046"],
];

async function submit(
  employeeId: string,
  leaveTypeId: string,
  startDate: string,
  endDate: string,
): Promise<readonly string[]> {
  const period = { employeeId, leaveTypeId, startDate, endDate };
  const { data, errors } = await leave.ask(
    `mutation ($input: SubmitLeaveRequestInput!) {
      done: submitLeaveRequest(input: $input) { errors { __typename } } }`,
    hana,
    { input: { period, note: "Race" } },
  );
  expect(errors).toBeUndefined();
  return namesOf(data);
}

async function change(
  action: "approve" | "reject" | "cancel",
  leaveRequestId: string,
  as: typeof mia,
  expectedVersion?: number,
): Promise<readonly string[]> {
  const input = action === "cancel" ? "Cancel" : "Decide";
  const { data, errors } = await leave.ask(
    `mutation ($input: ${input}LeaveRequestInput!) {
      done: ${action}LeaveRequest(input: $input) { errors { __typename } } }`,
    as,
    { input: { leaveRequestId, expectedVersion } },
  );
  expect(errors).toBeUndefined();
  return namesOf(data);
}

/** A request of one unpaid day that waits for a decision. */
async function pending(round: number, employeeId = "emp_ada"): Promise<string> {
  const day = addDays("2027-06-07", 7 * round);
  const names = await submit(employeeId, "lvt_unpaid", day, day);
  expect(names).toEqual([]);
  const row = await leave.database.query
    .selectFrom("leave_request")
    .where("employee_id", "=", employeeId)
    .where("starts", "=", day)
    .select("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

async function booked(id: string): Promise<number> {
  const rows = await leave.database.query
    .selectFrom("leave_ledger")
    .where("request_id", "=", id)
    .select("id")
    .execute();
  return rows.length;
}

async function statusOf(id: string): Promise<string> {
  const row = await leave.database.query
    .selectFrom("leave_request")
    .where("id", "=", id)
    .select("status")
    .executeTakeFirstOrThrow();
  return row.status;
}

function namesOf(data: unknown): readonly string[] {
  const { done } = data as { done: { errors: { __typename: string }[] } };
  return done.errors.map((error) => error.__typename);
}
