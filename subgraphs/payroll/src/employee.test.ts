import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { TestCaller } from "@hr/service/testing";
import {
  type PayrollUnderTest,
  ada,
  amir,
  entities,
  exporter,
  hana,
  mia,
  miaSeesPay,
  otto,
  pam,
  references,
  refusals,
  startWithDemoCompany,
} from "./demo.testing.ts";

let payroll: PayrollUnderTest;
beforeAll(async () => {
  payroll = await startWithDemoCompany();
});
afterAll(() => payroll.close());

type Employees = Readonly<Record<string, unknown>>[];

/** What each of Mia, Ada (her report), Elif (a report's report) and Zoë (nobody of hers) shows a caller. */
async function ofFour(selection: string, as: TestCaller) {
  const four = ["emp_mia", "emp_ada", "emp_0011", "emp_0030"];
  const answer = await payroll.ask(
    entities("Employee", selection),
    as,
    references("Employee", ...four),
  );
  const rows = answer.data?.["_entities"] as Employees;
  const shown = rows.map((row) => Object.values(row)[0] !== null);
  return { shown, refused: refusals(answer) };
}

const nobody = [false, false, false, false];
const everyone = [true, true, true, true];
const forbidden = (field: string, times: number) => [
  ["FORBIDDEN", `Employee.${field}`, times],
];
const unauthorized = (field: string) => [
  ["UNAUTHORIZED_FIELD_OR_TYPE", `Employee.${field}`, 4],
];

describe("an employee's field shows a persona", () => {
  test.each([
    ["compensation { id }", "ada", ada, [false, true, false, false], 3],
    ["compensation { id }", "mia", mia, [true, false, false, false], 3],
    [
      "compensation { id }",
      "mia, granted",
      miaSeesPay,
      [true, true, true, false],
      1,
    ],
    ["compensation { id }", "hana", hana, everyone, 0],
    ["compensation { id }", "otto", otto, everyone, 0],
    [
      "compensationHistory { nodes { id } }",
      "mia",
      mia,
      [true, false, false, false],
      3,
    ],
    [
      "compensationHistory { nodes { id } }",
      "mia, granted",
      miaSeesPay,
      [true, true, true, false],
      1,
    ],
    ["payslips { nodes { id } }", "ada", ada, [false, true, false, false], 3],
    [
      "payslips { nodes { id } }",
      "mia, granted pay",
      miaSeesPay,
      [true, false, false, false],
      3,
    ],
    ["payslips { nodes { id } }", "hana", hana, nobody, 4],
    ["payslips { nodes { id } }", "amir", amir, everyone, 0],
    ["payslips { nodes { id } }", "the export", exporter, everyone, 0],
    ["payGroup { id }", "ada", ada, [false, true, false, false], 3],
    ["payGroup { id }", "the export", exporter, everyone, 0],
    ["bankAccount { ibanMasked }", "ada", ada, [false, true, false, false], 3],
    ["bankAccount { ibanMasked }", "amir", amir, nobody, 4],
    ["bankAccount { ibanMasked }", "pam", pam, everyone, 0],
  ])("%s to %s", async (selection, _, as, shown, refused) => {
    const field = selection.split(" ")[0] ?? "";
    expect(await ofFour(selection, as)).toEqual({
      shown,
      refused: refused > 0 ? forbidden(field, refused) : [],
    });
  });

  test.each([
    ["compensation { id }", exporter],
    ["bankAccount { ibanMasked }", otto],
    ["payGroup { id }", { ...ada, scopes: ["employee:read"] }],
  ])("%s not at all without a scope for it", async (selection, as) => {
    const field = selection.split(" ")[0] ?? "";
    expect(await ofFour(selection, as)).toEqual({
      shown: nobody,
      refused: unauthorized(field),
    });
  });

  test("only to a token of the gateway", async () => {
    const query = entities("Employee", "id");
    const { status } = await payroll.ask(query, null, references("Employee"));
    expect(status).toBe(401);
  });
});

test("a self-service token without an employee behind it sees nobody's", async () => {
  const nobodys = { ...ada, employeeId: null };
  expect((await ofFour("payslips { nodes { id } }", nobodys)).shown).toEqual(
    nobody,
  );
});

describe("pay", () => {
  const pay = async (id: string, field: string) => {
    const { data, errors } = await payroll.ask(
      entities("Employee", field),
      hana,
      references("Employee", id),
    );
    expect(errors).toBeUndefined();
    return (data?.["_entities"] as Employees)[0];
  };
  const money = (amountMinor: number, currency: string, decimal: string) => ({
    ...{ amountMinor, currency, decimal },
  });
  const amounts =
    "{ per base { amountMinor currency decimal } annualised { amountMinor currency decimal } }";

  test.each([
    [
      "emp_ada",
      "MONTH",
      money(463_500, "EUR", "4635.00"),
      money(5_562_000, "EUR", "55620.00"),
    ],
    [
      "emp_0007",
      "MONTH",
      money(278_100, "EUR", "2781.00"),
      money(3_337_200, "EUR", "33372.00"),
    ],
    [
      "emp_0033",
      "HOUR",
      money(3_031, "JPY", "3031"),
      money(6_304_480, "JPY", "6304480"),
    ],
    [
      "emp_0017",
      "MONTH",
      money(1_575_900, "KWD", "1575.900"),
      money(18_910_800, "KWD", "18910.800"),
    ],
  ])("of %s", async (id, per, base, annualised) => {
    expect(await pay(id, `compensation ${amounts}`)).toEqual({
      compensation: { per, base, annualised },
    });
  });

  test("is the row in force on the day asked for; none before the hire, after the end, or when it ran out", async () => {
    const on = (id: string, day?: string) =>
      pay(
        id,
        `compensation${day ? `(asOf: "${day}")` : ""} { effectiveFrom effectiveTo reason }`,
      );
    expect(await on("emp_ada", "2025-12-31")).toMatchObject({
      compensation: { effectiveTo: "2025-12-31", reason: "HIRE" },
    });
    expect(await on("emp_ada", "2026-01-01")).toEqual({
      compensation: {
        effectiveFrom: "2026-01-01",
        effectiveTo: null,
        reason: "MERIT",
      },
    });
    for (const [id, day] of [
      ["emp_ada", "2000-01-01"],
      ["emp_0037", "2026-10-01"],
      ["emp_0036", undefined],
      ["emp_0049", undefined],
      ["emp_unknown", undefined],
    ] as const)
      expect(await on(id, day)).toEqual({ compensation: null });
    expect(await on("emp_0049", "2026-12-01")).toMatchObject({
      compensation: { reason: "HIRE" },
    });
  });

  test("has a history, newest first, the scheduled raise included, with what recurs", async () => {
    const history = await pay(
      "emp_0025",
      `compensationHistory(first: 2) { totalCount pageInfo { hasNextPage } nodes {
        effectiveFrom effectiveTo reason version employee { id } createdBy { id }
        recurring { component { code kind } amount { decimal } rateBps } } }`,
    );
    const recurring = [
      {
        component: { code: "PENSION", kind: "DEDUCTION" },
        ...{ amount: null, rateBps: 300 },
      },
      {
        component: { code: "PENSION_ER", kind: "EMPLOYER_COST" },
        ...{ amount: null, rateBps: 350 },
      },
    ];
    const row = {
      ...{ version: 1, employee: { id: "emp_0025" }, recurring },
      createdBy: { id: "emp_pam" },
    };
    expect(history).toEqual({
      compensationHistory: {
        totalCount: 3,
        pageInfo: { hasNextPage: true },
        nodes: [
          {
            ...{ effectiveFrom: "2027-01-01", effectiveTo: null },
            ...{ reason: "MARKET_ADJUSTMENT", ...row },
          },
          {
            ...{ effectiveFrom: "2026-01-01", effectiveTo: "2026-12-31" },
            ...{ reason: "MERIT", ...row },
          },
        ],
      },
    });
  });

  test("says hourly pay for a year by the hours in force on the day", async () => {
    await payroll.database.query
      .updateTable("assignment_ref")
      .set({ weekly_hours_hundredths: 2_000 })
      .where("employee_id", "=", "emp_0033")
      .execute();
    expect(await pay("emp_0033", `compensation ${amounts}`)).toMatchObject({
      compensation: { annualised: { amountMinor: 3_152_240 } },
    });
  });
});

test("today is the date at the employee's location, not the server's", async () => {
  const eve = new Date("2026-12-31T16:00:00Z");
  const late = await startWithDemoCompany(() => eve);
  await late.database.query
    .updateTable("employee_ref")
    .set({ time_zone: "Asia/Tokyo" })
    .where("id", "=", "emp_0025")
    .execute();
  const reason = async (as: TestCaller) => {
    const query = entities("Employee", "compensation { reason }");
    const id = references("Employee", "emp_0025");
    const { data } = await late.ask(query, as, id);
    return data?.["_entities"];
  };
  expect(await reason(hana)).toEqual([
    { compensation: { reason: "MARKET_ADJUSTMENT" } },
  ]);
  await late.database.query
    .updateTable("employee_ref")
    .set({ time_zone: "Europe/London" })
    .where("id", "=", "emp_0025")
    .execute();
  expect(await reason(hana)).toEqual([{ compensation: { reason: "MERIT" } }]);
  await late.close();
});

test("a bank account is masked, and a change shows with the day it takes effect", async () => {
  const query = entities(
    "Employee",
    "bankAccount { holder ibanMasked bic verifiedAt effectiveFrom }",
  );
  const { data } = await payroll.ask(
    query,
    pam,
    references("Employee", "emp_0007", "emp_0034"),
  );
  expect(data?.["_entities"]).toEqual([
    {
      bankAccount: {
        ...{ holder: "Anna Schmidt", bic: "DEMODE00XXX", verifiedAt: null },
        ibanMasked: expect.stringMatching(/^DE•• •••• \d{4}$/),
        effectiveFrom: "2026-11-26T09:30:00.000Z",
      },
    },
    { bankAccount: null },
  ]);
});

test("a row of pay entered by its own key is in reach as through its employee", async () => {
  const rows = ["com_mia_1", "com_ada_1", "com_0011_1", "com_0030_1", "com_x"];
  const shown = async (as: TestCaller) => {
    const query = entities("Compensation", "employee { id }");
    const answer = await payroll.ask(
      query,
      as,
      references("Compensation", ...rows),
    );
    return (answer.data?.["_entities"] as Employees).map((row) => row !== null);
  };
  expect(await shown(ada)).toEqual([false, true, false, false, false]);
  expect(await shown(mia)).toEqual([true, false, false, false, false]);
  expect(await shown(miaSeesPay)).toEqual([true, true, true, false, false]);
  expect(await shown(hana)).toEqual([true, true, true, true, false]);
  expect(await shown(exporter)).toEqual([false, false, false, false, false]);
});

describe("the statements for two and for a hundred employees", () => {
  const cost = async (count: number, selection: string) => {
    const known = await payroll.database.query
      .selectFrom("employee_ref")
      .select("id")
      .execute();
    payroll.database.statements();
    const asked = Array.from(
      { length: count },
      (_, index) => known[index % known.length]?.id ?? "",
    );
    const query = entities("Employee", selection);
    const id = references("Employee", ...asked);
    expect((await payroll.ask(query, pam, id)).errors).toBeUndefined();
    return payroll.database.statements().length;
  };
  const narrow = `compensation { base { decimal } } payslips(first: 1) { nodes { net { decimal } } }
    payGroup { name } bankAccount { ibanMasked }`;
  const wide = `compensation { recurring { component { code } } }
    payslips(first: 3) { totalCount nodes { yearToDate { net { decimal } }
      lines { component { code } } payRun { payGroup { id } } } }
    payGroup { id } bankAccount { holder }`;

  test("are one a field for pay, latest slip, group and account", async () => {
    expect(await cost(2, narrow)).toBe(4);
    expect(await cost(100, narrow)).toBe(4);
  });

  test("are one or two a field for all that hangs from them", async () => {
    // What two levels ask of one table may or may not meet in one tick.
    for (const count of [2, 100])
      expect(await cost(count, wide)).toBeLessThanOrEqual(13);
  });
});
