import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type LeaveUnderTest,
  ada,
  hana,
  ingrid,
  mia,
  now,
  person,
  startWithDemoCompany,
} from "./testing.ts";

let leave: LeaveUnderTest;
let clock = now;
beforeAll(async () => {
  leave = await startWithDemoCompany(() => clock);
});
afterAll(() => leave.close());

const errorFields = `errors {
  __typename ... on UserError { message path }
  ... on ValidationError { code }
  ... on OverlappingLeaveError { conflicts { id } }
  ... on InsufficientBalanceError { requested available earliestPossible }
  ... on NoWorkingDaysError { breakdown { date charged reason holiday { name } } }
  ... on LeaveNotAllowedError { rule }
}`;
const preview = `query ($input: LeavePeriodInput!) { previewLeaveRequest(input: $input) {
  days balanceBefore balanceAfter approver { id } teamAbsences { startDate endDate employee { id } }
  breakdown { date charged reason } ${errorFields} } }`;
const submit = `mutation ($input: SubmitLeaveRequestInput!) { submitLeaveRequest(input: $input) {
  leaveRequest { id status days version employee { id } approver { id } leaveType { code }
    breakdown { date charged reason } viewerCanApprove viewerCanCancel }
  balance { available pending } ${errorFields} } }`;

describe("a preview (L14)", () => {
  test("tells Ada what five days in June cost, what is left, who decides and who is away", async () => {
    const { data, errors } = await leave.ask(preview, ada, {
      input: week("2026-06-03", "2026-06-09", { leaveTypeId: "lvt_learning" }),
    });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      previewLeaveRequest: {
        days: 5,
        balanceBefore: 2.5,
        balanceAfter: -2.5,
        approver: { id: "emp_mia" },
        teamAbsences: expect.arrayContaining([
          {
            startDate: "2026-06-03",
            endDate: "2026-06-09",
            employee: { id: "emp_0009" },
          },
        ]),
      },
    });
  });

  const cases = {
    "days that are free": week("2026-09-07", "2026-09-11"),
    "a half day": week("2026-09-14", "2026-09-14", {
      startPortion: "MORNING",
      endPortion: "MORNING",
    }),
    "more days than there are": week("2026-09-15", "2026-10-30"),
    "a weekend": week("2026-05-16", "2026-05-17"),
    "the free afternoon of 24 December": week("2026-12-24", "2026-12-24", {
      startPortion: "AFTERNOON",
      endPortion: "AFTERNOON",
    }),
    "days of a request that waits": week("2026-06-05", "2026-06-08"),
    "dates turned round": week("2026-09-11", "2026-09-07"),
    "more than 400 days": week("2026-09-07", "2027-12-01"),
    "a start in the morning of several days": week("2026-09-21", "2026-09-22", {
      startPortion: "MORNING",
    }),
    "a type that does not exist": week("2026-09-07", "2026-09-08", {
      leaveTypeId: "lvt_of_nobody",
    }),
    "a type that is not offered any more": week("2026-09-07", "2026-09-08", {
      leaveTypeId: "lvt_sabbatical",
    }),
    "half a day of a type taken in whole days": week(
      "2026-09-07",
      "2026-09-07",
      {
        leaveTypeId: "lvt_comp",
        startPortion: "MORNING",
        endPortion: "MORNING",
      },
    ),
    "learning leave without notice": week("2026-05-18", "2026-05-18", {
      leaveTypeId: "lvt_learning",
    }),
    "unpaid leave above its length": week("2026-09-07", "2026-12-31", {
      leaveTypeId: "lvt_unpaid",
    }),
    "days before the employment": week("2010-09-06", "2010-09-07"),
    "days across New Year": week("2026-12-28", "2027-01-05"),
  };

  test.each(Object.entries(cases))(
    "answers as submit does: %s",
    async (_, input) => {
      const shown = await leave.ask(preview, ada, { input });
      const note = "Needed for unpaid leave";
      const written = await leave.ask(submit, ada, {
        input: { period: input, note },
      });
      const before = at(shown.data, "previewLeaveRequest");
      const after = at(written.data, "submitLeaveRequest");
      expect(shown.errors).toBeUndefined();
      expect(written.errors).toBeUndefined();
      expect(after["errors"]).toEqual(submitPaths(before["errors"]));
      const request = after["leaveRequest"];
      if (request !== null)
        expect(request).toMatchObject({
          days: before["days"],
          breakdown: before["breakdown"],
          approver: before["approver"],
        });
      expect(request === null).toBe((before["errors"] as unknown[]).length > 0);
    },
  );
});

describe("the checks (L11)", () => {
  const refused = async (
    input: Record<string, unknown>,
    as = ada,
    note?: string,
  ) => {
    const { data } = await leave.ask(submit, as, {
      input: { period: input, note },
    });
    return at(data, "submitLeaveRequest")["errors"];
  };

  test("tell all malformed input at once", async () => {
    const input = week("2026-09-21", "2026-09-22", {
      ...{ startPortion: "MORNING", endPortion: "AFTERNOON" },
      leaveTypeId: "lvt_of_nobody",
    });
    expect(await refused(input)).toMatchObject([
      { code: "INVALID", path: ["input", "period", "startPortion"] },
      { code: "INVALID", path: ["input", "period", "endPortion"] },
      { code: "NOT_FOUND", path: ["input", "period", "leaveTypeId"] },
    ]);
  });

  test("stop the intern at the end of the contract", async () => {
    const input = {
      ...week("2026-06-29", "2026-07-03"),
      employeeId: "emp_0036",
    };
    expect(await refused(input, hana)).toMatchObject([
      { rule: "OUTSIDE_EMPLOYMENT", path: ["input", "period", "endDate"] },
    ]);
  });

  test("ask a newcomer to wait for unpaid leave, and for the note it needs", async () => {
    const input = {
      ...week("2026-06-01", "2026-06-01", { leaveTypeId: "lvt_unpaid" }),
      employeeId: "emp_0043",
    };
    expect(await refused(input, hana)).toMatchObject([
      { rule: "NOT_ELIGIBLE_YET" },
      { code: "REQUIRED", path: ["input", "note"] },
    ]);
  });

  test("name the holiday of a day that costs nothing", async () => {
    expect(await refused(week("2026-05-25", "2026-05-25"))).toMatchObject([
      {
        __typename: "NoWorkingDaysError",
        breakdown: [
          {
            date: "2026-05-25",
            charged: 0,
            reason: "PUBLIC_HOLIDAY",
            holiday: { name: "Pfingstmontag" },
          },
        ],
      },
    ]);
  });

  test("name the request that holds the days already (L12)", async () => {
    expect(await refused(week("2026-06-05", "2026-06-05"))).toMatchObject([
      {
        __typename: "OverlappingLeaveError",
        conflicts: [{ id: "lvr_demo_02" }],
      },
    ]);
  });
});

describe("two halves of one day (L12)", () => {
  test("can be asked for separately, and a shared half cannot", async () => {
    const half = (portion: string) =>
      week("2026-10-05", "2026-10-05", {
        ...{ startPortion: portion, endPortion: portion },
      });
    const ask = async (portion: string) => {
      const { data } = await leave.ask(submit, mia, {
        input: { period: half(portion) },
      });
      return at(data, "submitLeaveRequest")["errors"];
    };
    expect(await ask("MORNING")).toEqual([]);
    expect(await ask("AFTERNOON")).toEqual([]);
    expect(await ask("AFTERNOON")).toMatchObject([
      { __typename: "OverlappingLeaveError" },
    ]);
    expect(await ask("FULL")).toMatchObject([
      { __typename: "OverlappingLeaveError" },
    ]);
  });
});

describe("the approver (L15)", () => {
  const approverOf = async (employeeId: string) => {
    const { data } = await leave.ask(preview, hana, {
      input: { ...week("2026-11-09", "2026-11-10"), employeeId },
    });
    return at(data, "previewLeaveRequest")["approver"];
  };

  test("is the manager", async () => {
    expect(await approverOf("emp_ada")).toEqual({ id: "emp_mia" });
  });

  test("is the next one up while the manager is away", async () => {
    expect(await approverOf("emp_0017")).toEqual({ id: "emp_0003" });
  });

  test("is nobody for the chief executive", async () => {
    expect(await approverOf("emp_0001")).toBeNull();
  });

  test("finds the chief executive's request in the inbox of HR alone", async () => {
    const inbox = "{ leaveApprovals { totalCount nodes { id } } }";
    const ids = async (as: typeof hana) => {
      const { data } = await leave.ask(inbox, as);
      return (at(data, "leaveApprovals")["nodes"] as { id: string }[]).map(
        ({ id }) => id,
      );
    };
    expect(await ids(hana)).toContain("lvr_demo_06");
    expect(await ids(ingrid)).not.toContain("lvr_demo_06");
  });
});

test("sick leave needs no approval: Ada's is approved by asking, and booked (L16)", async () => {
  const { data } = await leave.ask(submit, ada, {
    input: {
      period: week("2026-05-11", "2026-05-12", { leaveTypeId: "lvt_sick" }),
    },
  });
  expect(data).toMatchObject({
    submitLeaveRequest: {
      leaveRequest: { status: "APPROVED", days: 2, approver: null },
      balance: null,
      errors: [],
    },
  });
});

test("comp time overdrawn shows below zero", async () => {
  const { data } = await leave.ask(balances, hana, { id: "emp_0030" });
  expect(data).toMatchObject({
    _entities: [
      {
        leaveBalances: expect.arrayContaining([
          { leaveType: { code: "COMP" }, available: -1, carriedOver: 0 },
        ]),
      },
    ],
  });
});

const balances = `query ($id: ID!) { _entities(representations: [{ __typename: "Employee", id: $id }]) {
  ... on Employee { leaveBalances { leaveType { code } available carriedOver } } } }`;

test("today is the date where the person works (A2)", async () => {
  clock = new Date("2026-05-13T20:00:00Z");
  const asOf = async (id: string) => {
    const { data } = await leave.ask(
      `query ($id: ID!) { _entities(representations: [{ __typename: "Employee", id: $id }]) {
        ... on Employee { leaveBalances { asOf } } } }`,
      hana,
      { id },
    );
    return (data as { _entities: { leaveBalances: { asOf: string }[] }[] })
      ._entities[0]?.leaveBalances[0]?.asOf;
  };
  expect(await asOf("emp_ada")).toBe("2026-05-13");
  expect(await asOf("emp_0022")).toBe("2026-05-14");
  clock = now;
});

describe("a retry (A6)", () => {
  const ravi = person("0010", ada.scopes);
  const input = {
    period: week("2026-10-19", "2026-10-20"),
    idempotencyKey: "october",
  };
  const ask = async (more: Record<string, unknown> = {}) => {
    const { data } = await leave.ask(submit, ravi, {
      input: { ...input, ...more },
    });
    return at(data, "submitLeaveRequest");
  };

  test("answers with the first one's request, also when both come at once", async () => {
    const answers = await Promise.all([ask(), ask(), ask()]);
    const ids = answers.map((one) => at(one, "leaveRequest")["id"]);
    expect(new Set(ids).size).toBe(1);
    expect(answers.map((one) => one["errors"])).toEqual([[], [], []]);
    expect(at(await ask(), "leaveRequest")["id"]).toBe(ids[0]);
  });

  test("is refused with other input under its key", async () => {
    const answer = await ask({ period: week("2026-10-21", "2026-10-21") });
    expect(answer).toMatchObject({
      leaveRequest: null,
      errors: [{ code: "INVALID", path: ["input", "idempotencyKey"] }],
    });
  });

  test("may mend what was refused", async () => {
    const key = { idempotencyKey: "november" };
    const weekend = { period: week("2026-11-14", "2026-11-15"), ...key };
    expect(await ask(weekend)).toMatchObject({ leaveRequest: null });
    const monday = { period: week("2026-11-16", "2026-11-16"), ...key };
    expect(await ask(monday)).toMatchObject({ errors: [] });
  });

  test("needs a key of 1 to 64 printable characters", async () => {
    for (const idempotencyKey of ["", "x".repeat(65), "tab\there"])
      expect(await ask({ idempotencyKey })).toMatchObject({
        errors: [{ code: "INVALID" }],
      });
  });

  test("is another one's own under the same key", async () => {
    const { data } = await leave.ask(submit, person("0012", ada.scopes), {
      input,
    });
    expect(at(data, "submitLeaveRequest")["errors"]).toEqual([]);
  });
});

function week(
  startDate: string,
  endDate: string,
  more: Record<string, unknown> = {},
) {
  return { leaveTypeId: "lvt_annual", startDate, endDate, ...more };
}

function at(value: unknown, key: string): Record<string, unknown> {
  return (value as Record<string, Record<string, unknown>>)[key] ?? {};
}

/** The same fields, found one level deeper in submit's input. */
function submitPaths(errors: unknown): unknown {
  return (errors as { path: string[] }[]).map((error) => ({
    ...error,
    path: ["input", "period", ...error.path.slice(1)],
  }));
}
