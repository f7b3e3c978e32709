import type { Database } from "@hr/database";
import { type Kysely, type SqlBool, sql } from "kysely";
import type { Absence } from "./absence.ts";
import type { Day } from "./dates.ts";
import { type Page, pageOf } from "./page.repository.ts";
import type { Tables } from "./tables.ts";

export type Window = { readonly from: Day; readonly to: Day };

export type AbsenceFilter = Window & {
  readonly departmentId?: string | null;
  /** Everyone below, direct and indirect. */
  readonly managerId?: string | null;
};

/** Approved absences that touch the window, earliest first. Company-wide: dates are no secret (L21). */
export function pageAbsences(
  database: Database<Tables>,
  filter: AbsenceFilter,
  page: Page,
) {
  const { departmentId, managerId } = filter;
  const rows = absences(database.query, filter)
    .$if(typeof departmentId === "string", (base) =>
      base.where(
        sql<SqlBool>`EXISTS (SELECT FROM employee_ref e
          WHERE e.id = leave_request.employee_id AND e.department_id = ${departmentId})`,
      ),
    )
    .$if(typeof managerId === "string", (base) =>
      base.where(
        sql<SqlBool>`EXISTS (SELECT FROM reporting r
          WHERE r.ancestor_id = ${managerId}
          AND r.descendant_id = leave_request.employee_id AND r.depth > 0)`,
      ),
    );
  return pageOf(database, { rows, by: earliestFirst, filter }, page);
}

const earliestFirst = [
  { column: "leave_request.starts", direction: "asc", key: "startDate" },
  { column: "leave_request.id", direction: "asc", key: "id" },
] as const;

/** The absence that covers each person's own today. */
export async function findCurrentAbsences(
  database: Kysely<Tables>,
  people: readonly { readonly id: string; readonly today: Day }[],
): Promise<readonly Absence[]> {
  const ids = people.map(({ id }) => id);
  const days = people.map(({ today }) => today);
  return approved(database)
    .innerJoin(
      sql<{
        id: string;
        today: string;
      }>`unnest(${ids}::text[], ${days}::date[])`.as<"asked">(
        sql`asked (id, today)`,
      ),
      (join) => join.onRef("asked.id", "=", "leave_request.employee_id"),
    )
    .where(
      sql<SqlBool>`asked.today BETWEEN leave_request.starts AND leave_request.ends`,
    )
    .orderBy("leave_request.starts", "desc")
    .execute();
}

/** Colleagues of the same manager who are away at the same time. */
export async function findTeamAbsences(
  database: Kysely<Tables>,
  team: { readonly managerId: string; readonly except: string },
  window: Window,
): Promise<readonly Absence[]> {
  return absences(database, window)
    .innerJoin("employee_ref as e", "e.id", "leave_request.employee_id")
    .where("e.manager_id", "=", team.managerId)
    .where("e.id", "<>", team.except)
    .orderBy("leave_request.starts")
    .limit(100)
    .execute();
}

function absences(database: Kysely<Tables>, { from, to }: Window) {
  return approved(database)
    .where("leave_request.starts", "<=", to)
    .where("leave_request.ends", ">=", from);
}

function approved(database: Kysely<Tables>) {
  return database
    .selectFrom("leave_request")
    .where("leave_request.status", "=", "APPROVED")
    .select([
      "leave_request.id",
      "leave_request.employee_id as employeeId",
      "leave_request.starts as startDate",
      "leave_request.start_portion as startPortion",
      "leave_request.ends as endDate",
      "leave_request.end_portion as endPortion",
    ]);
}
