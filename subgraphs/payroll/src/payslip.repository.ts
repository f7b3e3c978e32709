import { type Database, type Reach, withinReach } from "@hr/database";
import { type SqlBool, sql } from "kysely";
import type { PageRequest } from "./page.ts";
import {
  allOf,
  ascending,
  descending,
  pageOf,
  pageOfEach,
} from "./page.repository.ts";
import type { Payslip, PayslipFilter, PayslipLine } from "./payslip.ts";
import type { Tables } from "./tables.ts";

/** The calendar year up to a slip's pay date; minor units of its currency. */
export type YearToDate = {
  readonly payslipId: string;
  readonly currency: string;
  readonly grossMinor: number;
  readonly taxesMinor: number;
  readonly netMinor: number;
};

/** Payslips as one caller may see them: no statement here can leave the reach out. */
export function payslipRepository(database: Database<Tables>, reach: Reach) {
  const slips = visibleSlips(database, reach);
  return {
    findMany: (ids: readonly string[]): Promise<readonly Payslip[]> =>
      slips.where("payslip.id", "in", ids).execute(),

    /** By employee within one run, else newest pay date first. */
    page: (filter: PayslipFilter, request: PageRequest) =>
      pageOf(
        database,
        {
          rows: filtered(slips, filter),
          by: filter.payRunId ? byEmployee : newestFirst,
          filter,
        },
        request,
      ),

    ofEmployees: (year: number | null, request: PageRequest) =>
      pageOfEach(
        database,
        {
          rows: filtered(slips, yearFilter(year)).where(
            sql<SqlBool>`payslip.employee_id = owner.id`,
          ),
          by: newestFirst,
          filter: { year },
        },
        request,
      ),

    ofRuns: (request: PageRequest) =>
      pageOfEach(
        database,
        {
          rows: slips.where(sql<SqlBool>`payslip.run_id = owner.id`),
          by: byEmployee,
        },
        request,
      ),

    findLines: (ids: readonly string[]): Promise<readonly PayslipLine[]> =>
      slips
        .innerJoin("payslip_line as line", "line.payslip_id", "payslip.id")
        .clearSelect()
        .select([
          "line.payslip_id as payslipId",
          "payslip.currency",
          "line.sequence",
          "line.component_id as componentId",
          "line.label",
          "line.quantity_hundredths as quantityHundredths",
          "line.rate_minor as rateMinor",
          "line.amount_minor as amountMinor",
        ])
        .where("line.payslip_id", "in", ids)
        .orderBy("line.payslip_id")
        .orderBy("line.sequence")
        .execute(),

    /** Finalised slips paid in the year up to each one's pay date; itself counts whatever its status. */
    findYearsToDate: (ids: readonly string[]): Promise<readonly YearToDate[]> =>
      slips
        .innerJoin("payslip as earlier", (join) =>
          join
            .onRef("earlier.employee_id", "=", "payslip.employee_id")
            .onRef("earlier.currency", "=", "payslip.currency")
            .on(
              sql<SqlBool>`earlier.pay_date BETWEEN date_trunc('year', payslip.pay_date)::date AND payslip.pay_date`,
            )
            .on(
              sql<SqlBool>`(earlier.id = payslip.id OR earlier.status IN ('FINALISED', 'PAID'))`,
            ),
        )
        .clearSelect()
        .select([
          "payslip.id as payslipId",
          "payslip.currency",
          sql<number>`sum(earlier.gross_minor)::bigint`.as("grossMinor"),
          sql<number>`sum(earlier.taxes_minor)::bigint`.as("taxesMinor"),
          sql<number>`sum(earlier.net_minor)::bigint`.as("netMinor"),
        ])
        .where("payslip.id", "in", ids)
        .groupBy("payslip.id")
        .execute(),
  };
}

const byEmployee = [
  ascending("payslip.employee_id", "employeeId"),
  ascending("payslip.id", "id"),
];
const newestFirst = [
  descending("payslip.pay_date", "payDate"),
  descending("payslip.id", "id"),
];

/** An owner sees a slip once it is finalised; whoever may read all of them sees drafts. */
function visibleSlips(database: Database<Tables>, reach: Reach) {
  return database.query
    .selectFrom("payslip")
    .select([
      "payslip.id",
      "payslip.number",
      "payslip.run_id as runId",
      "payslip.employee_id as employeeId",
      "payslip.period_start as periodStart",
      "payslip.period_end as periodEnd",
      "payslip.pay_date as payDate",
      "payslip.currency",
      "payslip.gross_minor as grossMinor",
      "payslip.net_minor as netMinor",
      "payslip.status",
      "payslip.corrects_id as correctsId",
    ])
    .where(withinReach(reach, "payslip.employee_id"))
    .$if(!reach.everyone, (slips) =>
      slips.where("payslip.status", "!=", "DRAFT"),
    );
}

function filtered(
  slips: ReturnType<typeof visibleSlips>,
  filter: PayslipFilter,
): typeof slips {
  const { payRunId, employeeId, payDateFrom, payDateTo, status } = filter;
  return allOf(slips, [
    payRunId && sql`payslip.run_id = ${payRunId}`,
    employeeId && sql`payslip.employee_id = ${employeeId}`,
    payDateFrom && sql`payslip.pay_date >= ${payDateFrom}`,
    payDateTo && sql`payslip.pay_date <= ${payDateTo}`,
    status && sql`payslip.status = ANY(${status})`,
  ]);
}

function yearFilter(year: number | null): PayslipFilter {
  if (year === null) return {};
  const digits = String(year).padStart(4, "0");
  return { payDateFrom: `${digits}-01-01`, payDateTo: `${digits}-12-31` };
}
