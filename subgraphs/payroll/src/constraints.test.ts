import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { TestDatabase } from "@hr/database/testing";
import { sql } from "kysely";
import { demoDatabase } from "./demo.testing.ts";
import type { Tables } from "./tables.ts";

let database: TestDatabase<Tables>;
beforeAll(async () => {
  database = await demoDatabase();
});
afterAll(() => database.drop());

/** The constraint that stopped a statement, or how many rows it changed; nothing stays. */
async function attempt(...statements: readonly string[]): Promise<unknown> {
  const undo = new Error("undo");
  let outcome: unknown;
  await database.query
    .transaction()
    .execute(async (transaction) => {
      for (const statement of statements) {
        const { numAffectedRows } = await sql
          .raw(statement)
          .execute(transaction);
        outcome = Number(numAffectedRows);
      }
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo)
        outcome = (error as { constraint: string }).constraint;
    });
  return outcome;
}

const paid = "psl_eur_202610_ada";
const finalised = "psl_eur_bonus_ada";
const draft = "psl_eur_202611_ada";
const frozen = "payslip_frozen";

describe("a finalised payslip", () => {
  test.each([
    [
      "an amount",
      "SET gross_minor = gross_minor + 1, net_minor = net_minor + 1",
    ],
    ["its owner", "SET employee_id = 'emp_0002'"],
    ["its pay date", "SET pay_date = pay_date + 1"],
    ["its number", "SET number = 'X'"],
    [
      "status and pay date together",
      "SET status = 'PAID', pay_date = '2026-01-01'",
    ],
  ])("does not change %s; a draft does", async (_, change) => {
    const update = (id: string) =>
      attempt(`UPDATE payslip ${change} WHERE id = '${id}'`);
    expect(await update(finalised)).toBe(frozen);
    expect(await update(paid)).toBe(frozen);
    expect(await update(draft)).toBe(1);
  });

  test("moves on to PAID or REVERSED, never back", async () => {
    const to = (id: string, status: string) =>
      attempt(`UPDATE payslip SET status = '${status}' WHERE id = '${id}'`);
    expect(await to(finalised, "PAID")).toBe(1);
    expect(await to(finalised, "REVERSED")).toBe(1);
    expect(await to(paid, "REVERSED")).toBe(1);
    expect(await to(paid, "FINALISED")).toBe(frozen);
    expect(await to(finalised, "DRAFT")).toBe(frozen);
  });

  test("does not vanish, and neither do its lines; a draft's do", async () => {
    const lines = (id: string) =>
      `DELETE FROM payslip_line WHERE payslip_id = '${id}'`;
    const slip = (id: string) => `DELETE FROM payslip WHERE id = '${id}'`;
    expect(await attempt(lines(finalised))).toBe(frozen);
    expect(await attempt(slip(finalised))).toBe(frozen);
    expect(await attempt(lines(draft), slip(draft))).toBe(1);
    expect(await attempt("TRUNCATE payslip, payslip_line")).toBe(frozen);
    expect(await attempt("TRUNCATE payslip_line")).toBe(frozen);
  });

  test("takes no other line and no other amount; a draft does", async () => {
    const add = (id: string) =>
      `INSERT INTO payslip_line (payslip_id, sequence, component_id, label, amount_minor)
       VALUES ('${id}', 99, 'pco_bonus', 'Bonus', 1)`;
    const change = (id: string) =>
      `UPDATE payslip_line SET amount_minor = 1 WHERE payslip_id = '${id}' AND sequence = 1`;
    const move = `UPDATE payslip_line SET payslip_id = '${paid}', sequence = 99
      WHERE payslip_id = '${draft}' AND sequence = 1`;
    expect(await attempt(add(paid))).toBe(frozen);
    expect(await attempt(change(paid))).toBe(frozen);
    expect(await attempt(move)).toBe(frozen);
    expect(await attempt(add(draft))).toBe(1);
    expect(await attempt(change(draft))).toBe(1);
  });
});

test("one run pays a person once", async () => {
  const copy = (run: string) =>
    attempt(`INSERT INTO payslip (id, number, run_id, employee_id, period_start, period_end, pay_date,
        currency, gross_minor, deductions_minor, taxes_minor, reimbursements_minor, net_minor, employer_cost_minor)
      SELECT 'psl_x', 'X', '${run}', employee_id, period_start, period_end, pay_date,
        currency, 0, 0, 0, 0, 0, 0 FROM payslip WHERE id = '${draft}'`);
  expect(await copy("run_eur_202611")).toBe("payslip_one_per_run_and_employee");
  expect(await copy("run_gbp_draft")).toBe(1);
});

test("a slip's net is its gross less deductions and taxes, plus reimbursements", async () => {
  expect(
    await attempt(
      `UPDATE payslip SET net_minor = net_minor + 1 WHERE id = '${draft}'`,
    ),
  ).toBe("payslip_net");
});

test("money is a whole number that JSON tells exactly", async () => {
  const pay = (amount: string) =>
    attempt(
      `UPDATE compensation SET base_minor = ${amount} WHERE id = 'com_ada_1'`,
    );
  expect(await pay("9007199254740991")).toBe(1);
  expect(await pay("9007199254740992")).toBe("minor_units_exact");
});

test("rows of one person's pay do not overlap", async () => {
  const add = (range: string) =>
    attempt(`INSERT INTO compensation (id, employee_id, effective, base_minor, currency, per, reason, created_at)
      VALUES ('com_x', 'emp_ada', '${range}', 1, 'EUR', 'MONTH', 'MERIT', now())`);
  expect(await add("[2026-06-01,2026-06-30]")).toBe("compensation_no_overlap");
  expect(await add("[2000-01-01,2000-12-31]")).toBe(1);
});

test("a recurring component has an amount or a rate, not both and not neither", async () => {
  const set = (change: string) =>
    attempt(
      `UPDATE recurring_component SET ${change} WHERE compensation_id = 'com_ada_1' AND component_id = 'pco_pension'`,
    );
  expect(await set("amount_minor = 1")).toBe("recurring_amount_or_rate");
  expect(await set("rate_bps = NULL")).toBe("recurring_amount_or_rate");
  expect(await set("amount_minor = 1, rate_bps = NULL")).toBe(1);
});

test("regular periods of a group do not overlap, unless cancelled; other kinds may", async () => {
  const add = (kind: string, status: string) =>
    attempt(`INSERT INTO pay_run (id, number, pay_group_id, kind, period_start, period_end, pay_date, status, prepared_by)
      VALUES ('run_x', 'X', 'grp_eur', '${kind}', '2026-10-31', '2026-11-01', '2026-11-30', '${status}', 'emp_pam')`);
  expect(await add("REGULAR", "DRAFT")).toBe("pay_run_regular_periods");
  expect(await add("REGULAR", "CANCELLED")).toBe(1);
  expect(await add("OFF_CYCLE", "DRAFT")).toBe(1);
});

test("nobody approves what they prepared", async () => {
  const approve = (by: string) =>
    attempt(
      `UPDATE pay_run SET approved_by = '${by}' WHERE id = 'run_usd_202611'`,
    );
  expect(await approve("emp_amir")).toBe("pay_run_four_eyes");
  expect(await approve("emp_pam")).toBe(1);
});
