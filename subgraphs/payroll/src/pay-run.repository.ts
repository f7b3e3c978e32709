import type { Database } from "@hr/database";
import { type SqlBool, sql } from "kysely";
import type { PageRequest } from "./page.ts";
import {
  allOf,
  ascending,
  descending,
  pageOf,
  pageOfEach,
} from "./page.repository.ts";
import type { PayRun, PayRunFilter, PayRunProgress } from "./pay-run.ts";
import type { IssueSeverity } from "./pay-run-issue.ts";
import type { Tables } from "./tables.ts";

/** Pay runs are company data without a subject: whoever may ask at all sees every row. */
export function payRunRepository(database: Database<Tables>) {
  const runs = allRuns(database);
  return {
    findMany: (ids: readonly string[]): Promise<readonly PayRun[]> =>
      runs.where("pay_run.id", "in", ids).execute(),

    /** Newest pay date first. */
    page: (filter: PayRunFilter, request: PageRequest) =>
      pageOf(
        database,
        {
          rows: allOf(runs, [
            filter.payGroupId &&
              sql`pay_run.pay_group_id = ${filter.payGroupId}`,
            filter.status && sql`pay_run.status = ANY(${filter.status})`,
            filter.kind && sql`pay_run.kind = ANY(${filter.kind})`,
            filter.payDateFrom &&
              sql`pay_run.pay_date >= ${filter.payDateFrom}`,
            filter.payDateTo && sql`pay_run.pay_date <= ${filter.payDateTo}`,
          ]),
          by: [
            descending("pay_run.pay_date", "payDate"),
            descending("pay_run.id", "id"),
          ],
          filter,
        },
        request,
      ),

    /** The regular run of the group's period before; `before` says before which. */
    findPrevious: (ids: readonly string[]) => findPrevious(database, ids),

    /** How far each run's calculation is, or came before it failed. */
    findProgress: (
      ids: readonly string[],
    ): Promise<readonly PayRunProgress[]> =>
      database.query
        .selectFrom("pay_run_progress")
        .innerJoin("pay_run", "pay_run.id", "pay_run_progress.run_id")
        .select(["run_id as runId", "done", "total", "started_at as startedAt"])
        .where("run_id", "in", ids)
        .where("pay_run.status", "in", ["CALCULATING", "FAILED"])
        .execute(),

    /** Blockers first. */
    issuesOf: (severity: IssueSeverity | null, request: PageRequest) =>
      pageOfEach(
        database,
        {
          rows: allOf(allIssues(database), [
            severity && sql`pay_run_issue.severity = ${severity}`,
            sql`pay_run_issue.run_id = owner.id`,
          ]),
          by: [
            ascending("pay_run_issue.severity", "severity"),
            ascending("pay_run_issue.id", "id"),
          ],
          filter: { severity },
        },
        request,
      ),
  };
}

async function findPrevious(
  database: Database<Tables>,
  ids: readonly string[],
): Promise<readonly (PayRun & { readonly before: string })[]> {
  const previous = allRuns(database)
    .where(
      sql<SqlBool>`pay_run.pay_group_id = later.pay_group_id
        AND pay_run.period_end < later.period_start`,
    )
    .where("pay_run.kind", "=", "REGULAR")
    .where("pay_run.status", "in", ["FINALISED", "PAID"])
    .orderBy("pay_run.period_end", "desc")
    .limit(1);
  const { rows } = await sql<PayRun & { before: string }>`
    SELECT later.id AS before, previous.*
    FROM pay_run AS later CROSS JOIN LATERAL (${previous}) AS previous
    WHERE later.id = ANY(${ids})
  `.execute(database.query);
  return rows;
}

function allRuns(database: Database<Tables>) {
  return database.query
    .selectFrom("pay_run")
    .innerJoin("pay_group", "pay_group.id", "pay_run.pay_group_id")
    .select([
      "pay_run.id",
      "pay_run.number",
      "pay_run.pay_group_id as payGroupId",
      "pay_group.currency",
      "pay_run.kind",
      "pay_run.period_start as periodStart",
      "pay_run.period_end as periodEnd",
      "pay_run.pay_date as payDate",
      "pay_run.status",
      "pay_run.version",
      "pay_run.headcount",
      "pay_run.gross_minor as grossMinor",
      "pay_run.deductions_minor as deductionsMinor",
      "pay_run.taxes_minor as taxesMinor",
      "pay_run.net_minor as netMinor",
      "pay_run.employer_cost_minor as employerCostMinor",
      "pay_run.prepared_by as preparedBy",
      "pay_run.approved_by as approvedBy",
      "pay_run.approved_at as approvedAt",
      "pay_run.finalised_at as finalisedAt",
    ]);
}

function allIssues(database: Database<Tables>) {
  return database.query
    .selectFrom("pay_run_issue")
    .select([
      "pay_run_issue.id",
      "pay_run_issue.run_id as runId",
      "pay_run_issue.severity",
      "pay_run_issue.code",
      "pay_run_issue.employee_id as employeeId",
      "pay_run_issue.acknowledged_by as acknowledgedBy",
    ]);
}
