import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { demoCompany } from "@hr/demo";
import type { TestDatabase } from "@hr/database/testing";
import { sql } from "kysely";
import { demoDatabase, key } from "./demo.testing.ts";
import { openIban } from "./iban.ts";
import { seed } from "./seed.ts";
import type { Tables } from "./tables.ts";

const days = ["2026-11-24", "2026-01-01", "2027-02-28", "2028-12-31"];

describe.each(days)("the demo company's pay on %s", (today) => {
  let database: TestDatabase<Tables>;
  beforeAll(async () => {
    database = await demoDatabase(today);
  });
  afterAll(() => database.drop());
  const all = async <Row>(query: ReturnType<typeof sql<Row>>) =>
    (await query.execute(database.query)).rows;

  test("is seeded once", async () => {
    expect(await seed(database, demoCompany({ today }), key)).toBe(false);
  });

  test("has 24 paid months of every group, each month's people paid once", async () => {
    const months = await all(
      sql`SELECT pay_group_id, count(*)::int AS months, max(period_end) < ${today}::date AS past
        FROM pay_run WHERE kind = 'REGULAR' AND status = 'PAID' GROUP BY 1 ORDER BY 1`,
    );
    expect(months).toEqual(
      ["eur", "gbp", "jpy", "kwd", "usd"].map((code) => ({
        ...{ pay_group_id: `grp_${code}`, months: 24, past: true },
      })),
    );
    const [slips] = await all<{ size: number }>(
      sql`SELECT count(*)::int AS size FROM payslip WHERE status <> 'DRAFT'`,
    );
    expect(slips?.size).toBeGreaterThan(1_050);
    expect(slips?.size).toBeLessThan(1_300);
  });

  test("pays everyone employed in a month, and nobody else", async () => {
    const company = demoCompany({ today });
    const runs = await database.query
      .selectFrom("pay_run")
      .select(["period_start as from", "period_end as to"])
      .where("kind", "=", "REGULAR")
      .where("status", "=", "PAID")
      .distinct()
      .execute();
    for (const { from, to } of runs) {
      const employed = company.employees
        .filter(({ employments }) =>
          employments.some(
            ({ hireDate, terminationDate }) =>
              hireDate <= to && (terminationDate ?? to) >= from,
          ),
        )
        .map(({ id }) => id);
      const paid = await database.query
        .selectFrom("payslip")
        .innerJoin("pay_run", "pay_run.id", "payslip.run_id")
        .select("employee_id as id")
        .where("pay_run.kind", "=", "REGULAR")
        .where("payslip.period_start", "=", from)
        .orderBy("employee_id")
        .execute();
      expect(paid.map(({ id }) => id)).toEqual(employed.toSorted());
    }
  });

  test("adds up: the lines of every slip to its net, the slips of every run to its totals", async () => {
    const wrong = await all(sql`
      SELECT p.id FROM payslip p JOIN payslip_line l ON l.payslip_id = p.id
        JOIN pay_component c ON c.id = l.component_id
      GROUP BY p.id HAVING
        sum(CASE c.kind WHEN 'EARNING' THEN l.amount_minor WHEN 'REIMBURSEMENT' THEN l.amount_minor
          WHEN 'DEDUCTION' THEN -l.amount_minor WHEN 'TAX' THEN -l.amount_minor ELSE 0 END) <> p.net_minor
        OR coalesce(sum(l.amount_minor) FILTER (WHERE c.kind = 'EARNING'), 0) <> p.gross_minor
        OR coalesce(sum(l.amount_minor) FILTER (WHERE c.kind = 'EMPLOYER_COST'), 0) <> p.employer_cost_minor`);
    expect(wrong).toEqual([]);
    const [lineless] = await all(
      sql`SELECT count(*)::int AS size FROM payslip p
        WHERE NOT EXISTS (SELECT FROM payslip_line WHERE payslip_id = p.id)`,
    );
    expect(lineless).toEqual({ size: 0 });
    const runs = await all(sql`
      SELECT r.id FROM pay_run r JOIN payslip p ON p.run_id = r.id GROUP BY r.id HAVING
        (r.gross_minor, r.deductions_minor, r.taxes_minor, r.net_minor, r.employer_cost_minor)
        IS DISTINCT FROM (sum(p.gross_minor)::bigint, sum(p.deductions_minor)::bigint,
          sum(p.taxes_minor)::bigint, sum(p.net_minor)::bigint, sum(p.employer_cost_minor)::bigint)`);
    expect(runs).toEqual([]);
  });

  test("computes no tax, and every run with slips says so", async () => {
    expect(await all(sql`SELECT DISTINCT taxes_minor FROM payslip`)).toEqual([
      { taxes_minor: 0 },
    ]);
    expect(
      await all(sql`SELECT id FROM pay_run r WHERE gross_minor IS NOT NULL
        AND NOT EXISTS (SELECT FROM pay_run_issue WHERE run_id = r.id AND code = 'NO_TAX_LINES')`),
    ).toEqual([]);
  });

  test("has a run in every state a run rests in, a correction, and one the approver prepared", async () => {
    const states = await all<{ state: string }>(
      sql`SELECT DISTINCT kind || ' ' || status AS state FROM pay_run ORDER BY 1`,
    );
    expect(states.map(({ state }) => state)).toEqual([
      "BONUS FINALISED",
      "CORRECTION PAID",
      "OFF_CYCLE CANCELLED",
      "OFF_CYCLE DRAFT",
      "REGULAR APPROVED",
      "REGULAR CALCULATED",
      "REGULAR FAILED",
      "REGULAR PAID",
    ]);
    const open = await all(sql`
      SELECT r.pay_group_id AS group, i.severity, i.code, i.employee_id FROM pay_run r
        JOIN pay_run_issue i ON i.run_id = r.id WHERE r.status IN ('CALCULATED', 'FAILED') ORDER BY 1, 2, 3`);
    expect(open).toEqual([
      issue("grp_eur", "WARNING", "BANK_ACCOUNT_CHANGED", "emp_0007"),
      issue("grp_eur", "WARNING", "NO_TAX_LINES", null),
      issue("grp_eur", "WARNING", "RETROACTIVE", "emp_0010"),
      issue("grp_gbp", "BLOCKER", "NO_COMPENSATION", "emp_0036"),
      issue("grp_gbp", "WARNING", "NO_TAX_LINES", null),
      issue("grp_kwd", "BLOCKER", "CALCULATION_FAILED", null),
      issue("grp_usd", "WARNING", "NO_TAX_LINES", null),
    ]);
    expect(
      await all(
        sql`SELECT pay_group_id FROM pay_run WHERE prepared_by = 'emp_amir'`,
      ),
    ).toEqual([{ pay_group_id: "grp_usd" }]);
  });

  test("pays the late raise for the months already paid, once each", async () => {
    const lines = await all<{ label: string; amount: number; due: number }>(sql`
      SELECT l.label, l.amount_minor AS amount FROM payslip_line l JOIN payslip p ON p.id = l.payslip_id
      WHERE l.component_id = 'pco_back_pay' ORDER BY l.sequence`);
    expect(lines).toHaveLength(2);
    for (const { amount } of lines) expect(amount).toBeGreaterThan(0);
  });

  test("keeps every account number sealed, and all but one have one", async () => {
    const accounts = await database.query
      .selectFrom("bank_account")
      .selectAll()
      .orderBy("id")
      .execute();
    expect(accounts).toHaveLength(50);
    expect(new Set(accounts.map((one) => one.employee_id)).size).toBe(49);
    for (const account of accounts) {
      const iban = openIban(key, account.id, {
        ciphertext: account.iban,
        keyId: account.iban_key,
      });
      expect(remainder(iban)).toBe(1n);
      expect(iban.slice(-4)).toBe(account.iban_last_four);
      expect(account.iban.toString("latin1")).not.toContain(iban.slice(4));
    }
  });
});

test("the same day seeds the same rows", async () => {
  const databases = await Promise.all([demoDatabase(), demoDatabase()]);
  const [one, other] = await Promise.all(
    databases.map(({ query }) =>
      query.selectFrom("payslip").selectAll().orderBy("id").execute(),
    ),
  );
  expect(one).toEqual(other);
  await Promise.all(databases.map((database) => database.drop()));
});

function issue(
  group: string,
  severity: string,
  code: string,
  employee_id: string | null,
) {
  return { group, severity, code, employee_id };
}

/** ISO 13616: 1 for an IBAN with right check digits. */
function remainder(iban: string): bigint {
  const digits = [...(iban.slice(4) + iban.slice(0, 4))]
    .map((character) => parseInt(character, 36))
    .join("");
  return BigInt(digits) % 97n;
}
