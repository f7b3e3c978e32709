import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { TestCaller } from "@hr/service/testing";
import {
  type PayrollUnderTest,
  ada,
  amir,
  entities,
  exporter,
  hana,
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

async function ask(query: string, as: TestCaller = pam) {
  const { data, errors } = await payroll.ask(query, as);
  expect(errors).toBeUndefined();
  return data;
}

describe("pay runs", () => {
  const fields = {
    payRun: `payRun(id: "run_eur_202610") { number }`,
    payRuns: "payRuns { totalCount }",
    payGroups: "payGroups { totalCount }",
    payComponents: "payComponents { totalCount }",
  };

  test.each(Object.entries(fields))(
    "are open at %s with payroll:read, and closed without",
    async (field, selection) => {
      for (const as of [pam, amir, otto, exporter])
        expect(await ask(`{ ${selection} }`, as)).not.toEqual({
          [field]: null,
        });
      for (const as of [ada, hana]) {
        const answer = await payroll.ask(`{ ${selection} }`, as);
        expect(answer.data).toEqual({ [field]: null });
        expect(refusals(answer)).toEqual([
          ["UNAUTHORIZED_FIELD_OR_TYPE", `Query.${field}`, 1],
        ]);
      }
    },
  );

  test("are not entered by a reference either", async () => {
    const query = entities("PayRun", "number");
    const id = references("PayRun", "run_eur_202610");
    expect((await payroll.ask(query, ada, id)).data).toEqual({
      _entities: [null],
    });
    expect((await payroll.ask(query, exporter, id)).data).toEqual({
      _entities: [{ number: "EUR-202610" }],
    });
  });

  test("come newest pay date first, all of them, page by page", async () => {
    type Runs = {
      readonly nodes: readonly {
        readonly id: string;
        readonly payDate: string;
      }[];
      readonly pageInfo: { hasNextPage: boolean; endCursor: string };
    };
    const seen: { readonly id: string; readonly payDate: string }[] = [];
    let after = "null";
    let more = true;
    while (more) {
      const { payRuns } = (await ask(
        `{ payRuns(first: 40, after: ${after}) { nodes { id payDate } pageInfo { hasNextPage endCursor } } }`,
      )) as { payRuns: Runs };
      seen.push(...payRuns.nodes);
      more = payRuns.pageInfo.hasNextPage;
      after = JSON.stringify(payRuns.pageInfo.endCursor);
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(129);
    const dates = seen.map(({ payDate }) => payDate);
    expect(dates).toEqual(dates.toSorted().reverse());
  });

  test.each([
    [`payGroupId: "grp_jpy", status: [APPROVED]`, ["JPY-202611"]],
    [`kind: [BONUS, CORRECTION]`, ["EUR-BONUS", "EUR-CORRECTION"]],
    [`status: [FAILED]`, ["KWD-202611"]],
    [
      `payGroupId: "grp_usd", payDateFrom: "2026-09-01", payDateTo: "2026-10-31"`,
      ["USD-202610", "USD-202609"],
    ],
    [`status: []`, []],
  ])("are narrowed by { %s }", async (filter, numbers) => {
    const data = await ask(
      `{ payRuns(filter: { ${filter} }) { nodes { number } totalCount } }`,
    );
    expect(data).toEqual({
      payRuns: {
        nodes: numbers.map((number) => ({ number })),
        totalCount: numbers.length,
      },
    });
  });
});

describe("a pay run", () => {
  test("says who is paid what, by whom it was prepared and approved, and what was before", async () => {
    const data = await ask(`{ payRun(id: "run_kwd_202610") {
      number kind periodStart periodEnd payDate status version headcount progress { done }
      payGroup { name currency frequency legalEntity { id } }
      totals { gross { amountMinor decimal } deductions { decimal } taxes { decimal } net { decimal currency } employerCost { decimal } }
      previous { number previous { number } } preparedBy { id } approvedBy { id } approvedAt finalisedAt
      payslips { nodes { employee { id } net { decimal } } } } }`);
    expect(data).toEqual({
      payRun: {
        ...{ number: "KWD-202610", kind: "REGULAR", status: "PAID" },
        ...{ periodStart: "2026-10-01", periodEnd: "2026-10-31" },
        ...{ payDate: "2026-10-31", version: 1, headcount: 2, progress: null },
        payGroup: {
          ...{ name: "Germany, paid in Kuwaiti dinars", currency: "KWD" },
          ...{ frequency: "MONTHLY", legalEntity: { id: "le_de" } },
        },
        totals: {
          gross: { amountMinor: 3_151_800, decimal: "3151.800" },
          deductions: { decimal: "94.554" },
          taxes: { decimal: "0.000" },
          net: { decimal: "3057.246", currency: "KWD" },
          employerCost: { decimal: "110.314" },
        },
        previous: {
          number: "KWD-202609",
          previous: { number: "KWD-202608" },
        },
        preparedBy: { id: "emp_pam" },
        approvedBy: { id: "emp_amir" },
        approvedAt: "2026-10-28T00:00:00.000Z",
        finalisedAt: "2026-10-28T00:00:00.000Z",
        payslips: {
          nodes: [
            { employee: { id: "emp_0017" }, net: { decimal: "1528.623" } },
            { employee: { id: "emp_0047" }, net: { decimal: "1528.623" } },
          ],
        },
      },
    });
  });

  test("that failed has no totals, and says how far it came", async () => {
    expect(
      await ask(`{ payRun(id: "run_kwd_202611") { status headcount totals { net { decimal } }
        progress { done total startedAt } approvedBy { id } issues { nodes { code } } } }`),
    ).toEqual({
      payRun: {
        ...{ status: "FAILED", headcount: 2, totals: null, approvedBy: null },
        progress: { done: 0, total: 2, startedAt: "2026-11-24T00:00:00.000Z" },
        issues: { nodes: [{ code: "CALCULATION_FAILED" }] },
      },
    });
  });

  test("lists its issues, blockers first, with person and cure in the caller's language", async () => {
    const query = (severity: string) => `{ payRun(id: "run_gbp_202611") {
      issues${severity} { totalCount nodes { severity code message employee { id } acknowledgedBy { id } } } } }`;
    const data = await ask(query(""));
    expect(data).toEqual({
      payRun: {
        issues: {
          totalCount: 2,
          nodes: [
            {
              ...{ severity: "BLOCKER", code: "NO_COMPENSATION" },
              message:
                "No pay is in force in this period. Add a compensation or end the employment.",
              ...{ employee: { id: "emp_0036" }, acknowledgedBy: null },
            },
            {
              ...{ severity: "WARNING", code: "NO_TAX_LINES" },
              message: expect.stringContaining("no tax is computed here"),
              ...{ employee: null, acknowledgedBy: null },
            },
          ],
        },
      },
    });
    expect(await ask(query("(severity: WARNING)"))).toMatchObject({
      payRun: { issues: { totalCount: 1, nodes: [{ code: "NO_TAX_LINES" }] } },
    });
  });

  test("adds up beyond 2³¹ minor units, and so do its slips", async () => {
    const { payRun } = (await ask(
      `{ payRun(id: "run_jpy_202610") { totals { gross { amountMinor } } } }`,
    )) as { payRun: { totals: { gross: { amountMinor: number } } } };
    expect(payRun.totals.gross.amountMinor).toBeLessThan(2 ** 31);
    await payroll.database.query
      .updateTable("pay_run")
      .set({ gross_minor: Number.MAX_SAFE_INTEGER, net_minor: 3_000_000_000 })
      .where("id", "=", "run_jpy_202610")
      .execute();
    expect(
      await ask(
        `{ payRun(id: "run_jpy_202610") { totals { gross { amountMinor decimal } net { amountMinor } } } }`,
      ),
    ).toEqual({
      payRun: {
        totals: {
          gross: {
            amountMinor: 9_007_199_254_740_991,
            decimal: "9007199254740991",
          },
          net: { amountMinor: 3_000_000_000 },
        },
      },
    });
  });

  test("that does not exist is null, without an error", async () => {
    expect(await ask(`{ payRun(id: "run_nowhere") { id } }`)).toEqual({
      payRun: null,
    });
  });
});

test("a page of runs with all that hangs from them costs a handful of statements", async () => {
  const query = (
    first: number,
  ) => `{ payRuns(first: ${first}) { totalCount nodes {
    payGroup { id } previous { id } progress { done } issues(first: 3) { nodes { code } totalCount }
    payslips(first: 2) { nodes { lines { component { id } } } } } } }`;
  const cost = async (first: number) => {
    payroll.database.statements();
    await ask(query(first));
    return payroll.database.statements().length;
  };
  for (const count of [2, 100])
    expect(await cost(count)).toBeLessThanOrEqual(10);
});

test("groups by name, components by code, inactive ones when asked", async () => {
  expect(
    await ask(`{ payGroups(first: 2) { nodes { name } totalCount pageInfo { hasNextPage } }
      active: payComponents { totalCount }
      all: payComponents(first: 3, includeInactive: true) { totalCount nodes { code kind taxable active } } }`),
  ).toEqual({
    payGroups: {
      nodes: [
        { name: "Germany, monthly" },
        { name: "Germany, paid in Kuwaiti dinars" },
      ],
      totalCount: 5,
      pageInfo: { hasNextPage: true },
    },
    active: { totalCount: 10 },
    all: {
      totalCount: 11,
      nodes: ["BACK_PAY", "BASE", "BONUS"].map((code) => ({
        ...{ code, kind: "EARNING", taxable: true, active: true },
      })),
    },
  });
});
