import type { Database } from "@hr/database";
import type { DemoCompany } from "@hr/demo";
import type { Transaction } from "kysely";
import type { IbanKey } from "./iban.ts";
import { accountRows } from "./seed-bank-accounts.ts";
import { payRows } from "./seed-pay-rows.ts";
import { peopleRows } from "./seed-people.ts";
import { runRows, slipRows } from "./seed-run-rows.ts";
import { openRuns } from "./seed-open-runs.ts";
import { type SeedRun, pastMonths } from "./seed-runs.ts";
import { specialRuns } from "./seed-special-runs.ts";
import type { Rows, Tables } from "./tables.ts";

/**
 * Fills an empty database with the pay of the demo company, in one transaction;
 * a database that knows people is left alone.
 * @returns whether anything was written.
 */
export function seed(
  database: Pick<Database<Tables>, "transaction">,
  company: DemoCompany,
  key: IbanKey,
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const known = transaction.selectFrom("employee_ref").select("id").limit(1);
    if (await known.executeTakeFirst()) return false;
    const runs = runsOf(company);
    await insert(transaction, peopleRows(company));
    await insert(transaction, payRows(company));
    await insert(transaction, accountRows(company, key));
    await insert(transaction, runRows(company.today, runs));
    await insert(transaction, slipRows(runs));
    await finalise(transaction);
    return true;
  });
}

/** Below what one statement may carry of parameters, whatever the table. */
const batch = 2_000;

/** Two years of paid months, this month's runs, and one of every other kind. */
function runsOf(company: DemoCompany): readonly SeedRun[] {
  const past = pastMonths(company);
  const lastMonth = past.slice(-1);
  return [
    ...past.flatMap((month) => Object.values(month)),
    ...openRuns(company),
    ...lastMonth.flatMap((month) => specialRuns(company, month)),
  ];
}

async function insert(
  transaction: Transaction<Tables>,
  rows: Rows,
): Promise<void> {
  for (const [table, values] of Object.entries(rows))
    for (let start = 0; start < values.length; start += batch)
      await transaction
        .insertInto(table as keyof Rows)
        .values(values.slice(start, start + batch))
        .execute();
}

/** Slips are written as drafts, since a finalised one takes no line any more. */
async function finalise(transaction: Transaction<Tables>): Promise<void> {
  for (const status of ["FINALISED", "PAID"] as const)
    await transaction
      .updateTable("payslip")
      .from("pay_run")
      .set({ status })
      .whereRef("pay_run.id", "=", "payslip.run_id")
      .where("pay_run.status", "in", [status, "PAID"])
      .execute();
}
