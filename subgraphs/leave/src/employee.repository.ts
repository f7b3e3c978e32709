import { type Kysely, sql } from "kysely";
import type { Employee } from "./employee.ts";
import type { Tables } from "./tables.ts";

export async function findEmployees(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<readonly Employee[]> {
  return database
    .selectFrom("employee_ref as e")
    .innerJoin("location_ref as l", "l.id", "e.location_id")
    .where("e.id", "in", ids)
    .select([
      "e.id",
      "e.manager_id as managerId",
      "l.time_zone as timeZone",
      "l.country_code as countryCode",
      "l.calendar_id as calendarId",
    ])
    .execute();
}

/** Which of the candidates are below the manager today, directly or not. */
export async function findReports(
  database: Kysely<Tables>,
  manager: string,
  candidates: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database
    .selectFrom("reporting")
    .select("descendant_id as id")
    .where("ancestor_id", "=", manager)
    .where("descendant_id", "in", candidates)
    .where("depth", ">", 0)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** L15: the nearest person up the line who is employed and, where they are, not away today. */
export async function findApprover(
  database: Kysely<Tables>,
  employeeId: string,
  now: Date,
): Promise<string | null> {
  const today = sql`(${now}::timestamptz AT TIME ZONE l.time_zone)::date`;
  const nearest = await database
    .selectFrom("reporting as r")
    .innerJoin("employee_ref as e", "e.id", "r.ancestor_id")
    .innerJoin("location_ref as l", "l.id", "e.location_id")
    .where("r.descendant_id", "=", employeeId)
    .where("r.depth", ">", 0)
    .where(
      sql<boolean>`EXISTS (SELECT FROM assignment_ref a
        WHERE a.employee_id = e.id AND a.valid @> ${today})`,
    )
    .where(
      sql<boolean>`NOT EXISTS (SELECT FROM leave_request q
        WHERE q.employee_id = e.id AND q.status = 'APPROVED'
        AND ${today} BETWEEN q.starts AND q.ends)`,
    )
    .orderBy("r.depth")
    .select("e.id")
    .limit(1)
    .executeTakeFirst();
  return nearest?.id ?? null;
}
