import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type PayrollUnderTest,
  ada,
  entities,
  exporter,
  pam,
  references,
  startWithDemoCompany,
} from "./demo.testing.ts";

let payroll: PayrollUnderTest;
beforeAll(async () => {
  payroll = await startWithDemoCompany();
});
afterAll(() => payroll.close());

type Slips = {
  readonly nodes: readonly {
    readonly id: string;
    readonly payDate: string;
    readonly employee: { readonly id: string };
  }[];
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: { hasNextPage: boolean; endCursor: string | null };
  readonly totalCount: number | null;
};

const query = `query ($first: Int, $after: String, $filter: PayslipFilter!) {
  payslips(first: $first, after: $after, filter: $filter) {
    nodes { id payDate employee { id } } edges { cursor } pageInfo { hasNextPage endCursor } totalCount } }`;

async function page(variables: Record<string, unknown>, as = exporter) {
  const { data, errors } = await payroll.ask(query, as, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return data?.["payslips"] as Slips;
}

async function refusal(variables: Record<string, unknown>, as = exporter) {
  const { data, errors } = await payroll.ask(query, as, variables);
  expect(data).toEqual({ payslips: null });
  return [errors?.[0]?.extensions["code"], errors?.[0]?.message];
}

/** Every slip of a list, page by page, with what happens in between. */
async function walk(
  filter: Record<string, unknown>,
  first: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
) {
  const nodes = [];
  let after: string | null = null;
  do {
    const one: Slips = await page({ filter, first, after });
    nodes.push(...one.nodes);
    after = one.pageInfo.hasNextPage ? one.pageInfo.endCursor : null;
    await between();
  } while (after);
  return nodes;
}

describe("an export", () => {
  const filter = { payRunId: "run_eur_202610" };

  test.each([1, 7, 100])(
    "of one run in pages of %d reaches its end by employee, nobody missing or doubled",
    async (first) => {
      const slips = await walk(filter, first);
      const people = slips.map(({ employee }) => employee.id);
      const { slips: expected } = await payroll.database.query
        .selectFrom("payslip")
        .select(({ fn }) => fn.countAll<number>().as("slips"))
        .where("run_id", "=", filter.payRunId)
        .executeTakeFirstOrThrow();
      expect(people).toHaveLength(expected);
      expect(people).toEqual([...new Set(people)].toSorted());
    },
  );

  test("of an open run stays stable while slips come and go behind it", async () => {
    const open = { payRunId: "run_eur_202611" };
    const before = await walk(open, 100);
    const first = before[0]?.id ?? "";
    const { query: sql } = payroll.database;
    const slip = await sql
      .selectFrom("payslip")
      .selectAll()
      .where("id", "=", first)
      .executeTakeFirstOrThrow();
    let there = true;
    const during = await walk(open, 5, async () => {
      if (there) {
        await sql
          .deleteFrom("payslip_line")
          .where("payslip_id", "=", first)
          .execute();
        await sql.deleteFrom("payslip").where("id", "=", first).execute();
      } else await sql.insertInto("payslip").values(slip).execute();
      there = !there;
    });
    expect(during).toEqual(before);
  });

  test("of a year by pay date is newest first and complete", async () => {
    const year = { payDateFrom: "2025-01-01", payDateTo: "2025-12-31" };
    const slips = await walk(year, 90);
    const dates = slips.map(({ payDate }) => payDate);
    expect(dates).toEqual(dates.toSorted().reverse());
    expect(dates.every((date) => date.startsWith("2025-"))).toBe(true);
    const { totalCount } = await page({ filter: year });
    expect(new Set(slips.map(({ id }) => id)).size).toBe(totalCount);
  });

  test("narrows by state, also to none", async () => {
    const drafts = { ...filter, payRunId: "run_eur_202611", status: ["DRAFT"] };
    expect((await page({ filter: drafts })).totalCount).toBeGreaterThan(20);
    for (const status of [["PAID"], []])
      expect(await page({ filter: { ...drafts, status } })).toMatchObject({
        nodes: [],
        totalCount: 0,
      });
  });
});

describe("a page", () => {
  const filter = { payRunId: "run_eur_202610" };

  const autumn = { payDateFrom: "2026-09-01", payDateTo: "2026-11-30" };

  test("has 25 slips unless asked otherwise, at most 100 for people and 500 for machines", async () => {
    const sizeOf = async (first?: number, as = exporter) =>
      (await page({ filter: autumn, first }, as)).nodes.length;
    expect(await sizeOf()).toBe(25);
    expect(await sizeOf(100, pam)).toBe(100);
    expect(await sizeOf(500)).toBeGreaterThan(100);
    expect(await refusal({ filter, first: 101 }, pam)).toEqual([
      "BAD_USER_INPUT",
      "`first` must be from 1 to 100",
    ]);
    expect(await refusal({ filter, first: 501 })).toEqual([
      "BAD_USER_INPUT",
      "`first` must be from 1 to 500",
    ]);
    expect((await refusal({ filter, first: 0 }))[0]).toBe("BAD_USER_INPUT");
  });

  test("does not continue with another filter's cursor, nor an altered one", async () => {
    const { endCursor } = (await page({ filter, first: 2 })).pageInfo;
    const elsewhere = { payRunId: "run_gbp_202610" };
    for (const variables of [
      { filter: elsewhere, after: endCursor },
      { filter, after: `x${endCursor}` },
    ])
      expect((await refusal(variables))[0]).toBe("BAD_USER_INPUT");
    const rest = await page({ filter, after: endCursor });
    expect(rest.nodes).toHaveLength((rest.totalCount ?? 0) - 2);
  });

  test("of everybody's slips needs a bound", async () => {
    for (const unbounded of [
      {},
      { status: ["PAID"] },
      { payDateFrom: "2026-01-01" },
      { payDateFrom: "2025-01-01", payDateTo: "2026-12-31" },
    ])
      expect(await refusal({ filter: unbounded })).toEqual([
        "BAD_USER_INPUT",
        "`filter` needs payRunId, employeeId, or payDateFrom and payDateTo at most 400 days apart",
      ]);
  });
});

describe("one's own payslips", () => {
  const own = async (selection: string) => {
    const { data, errors } = await payroll.ask(
      entities("Employee", selection),
      ada,
      references("Employee", "emp_ada"),
    );
    expect(errors).toBeUndefined();
    const [employee] = data?.["_entities"] as readonly { payslips: Slips }[];
    return employee?.payslips;
  };

  test("of a year are those paid in it, newest first, page by page", async () => {
    const whole = await own(
      "payslips(first: 100, year: 2025) { nodes { payDate } totalCount }",
    );
    expect(whole?.totalCount).toBe(12);
    expect(whole?.nodes[0]?.payDate).toBe("2025-12-31");
    const first = await own(
      "payslips(first: 5, year: 2025) { nodes { payDate } pageInfo { endCursor } }",
    );
    const rest = await own(
      `payslips(first: 7, year: 2025, after: "${first?.pageInfo.endCursor}") { nodes { payDate } pageInfo { hasNextPage } }`,
    );
    expect([...(first?.nodes ?? []), ...(rest?.nodes ?? [])]).toEqual(
      whole?.nodes,
    );
    expect(rest?.pageInfo.hasNextPage).toBe(false);
  });

  test("of no possible year are bad input", async () => {
    const { errors } = await payroll.ask(
      entities("Employee", "payslips(year: 10000) { totalCount }"),
      ada,
      references("Employee", "emp_ada"),
    );
    expect(errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
  });
});

describe("a slip", () => {
  test("says its lines, and its year to date over finalised slips up to its pay date and itself", async () => {
    const slip = async (id: string, as = pam) => {
      const { data, errors } = await payroll.ask(
        `{ payslip(id: "${id}") { number currency gross { decimal } net { decimal } status
          yearToDate { gross { amountMinor } taxes { decimal } net { amountMinor } }
          lines { sequence label component { code kind } quantity rate { decimal } amount { decimal } } } }`,
        as,
      );
      expect(errors).toBeUndefined();
      return data?.["payslip"] as {
        yearToDate: { gross: { amountMinor: number } };
      };
    };
    const pension = (
      sequence: number,
      who: string,
      code: string,
      kind: string,
      decimal: string,
    ) => ({
      ...{
        sequence,
        label: `Pension, ${who}'s share`,
        component: { code, kind },
      },
      ...{ quantity: null, rate: null, amount: { decimal } },
    });
    expect(await slip("psl_eur_202601_ada", ada)).toEqual({
      ...{ number: "EUR-202601/E-00005", currency: "EUR", status: "PAID" },
      ...{ gross: { decimal: "4635.00" }, net: { decimal: "4495.95" } },
      yearToDate: {
        gross: { amountMinor: 463_500 },
        taxes: { decimal: "0.00" },
        net: { amountMinor: 449_595 },
      },
      lines: [
        {
          ...{ sequence: 1, label: "Base pay", quantity: null, rate: null },
          component: { code: "BASE", kind: "EARNING" },
          amount: { decimal: "4635.00" },
        },
        pension(2, "employee", "PENSION", "DEDUCTION", "139.05"),
        pension(3, "employer", "PENSION_ER", "EMPLOYER_COST", "162.23"),
      ],
    });
    const gross = async (id: string) =>
      (await slip(id)).yearToDate.gross.amountMinor;
    const october = 10 * 463_500;
    const bonus = (await gross("psl_eur_bonus_ada")) - october;
    expect(await gross("psl_eur_202610_ada")).toBe(october);
    expect(bonus).toBeGreaterThan(0);
    expect(await gross("psl_eur_202611_ada")).toBe(october + bonus + 463_500);
  });

  test("of a correction names the one it puts right, with units, and lines below zero", async () => {
    const { data } = await payroll.ask(
      `{ payRun(id: "run_eur_correction") { payslips { nodes { net { decimal } corrects { id employee { id } }
        lines { label quantity rate { decimal } amount { decimal } } } } } }`,
      pam,
    );
    const line = (
      label: string,
      decimal: string,
      quantity: number | null,
      rate: string | null,
    ) => ({
      ...{ label, quantity, amount: { decimal } },
      rate: rate && { decimal: rate },
    });
    expect(data).toEqual({
      payRun: {
        payslips: {
          nodes: [
            {
              net: { decimal: "146.70" },
              corrects: {
                id: "psl_eur_202610_0012",
                employee: { id: "emp_0012" },
              },
              lines: [
                line("Base pay", "-150.00", null, null),
                line("Overtime", "208.00", 6.5, "32.00"),
                line("Pension, employee's share", "-4.50", null, null),
                line("Travel expenses", "84.20", null, null),
              ],
            },
          ],
        },
      },
    });
  });
});
