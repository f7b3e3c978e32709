import { type Kysely, sql } from "kysely";
import type { Employment } from "./accrual.ts";
import type { Day } from "./dates.ts";
import { findHolidaysBetween } from "./holiday.repository.ts";
import type { Roster, Schedule, Workplace } from "./roster.ts";
import type { Tables } from "./tables.ts";

type OfEmployee = { readonly employeeId: string };

/** The whole dated history of each person: schedules and workplaces, two statements. */
export async function findEmployments(
  database: Kysely<Tables>,
  employees: readonly string[],
): Promise<ReadonlyMap<string, Employment>> {
  const [schedules, workplaces] = await Promise.all([
    findSchedules(database, employees),
    findWorkplaces(database, employees),
  ]);
  const schedulesOf = Map.groupBy(schedules, ({ employeeId }) => employeeId);
  const workplacesOf = Map.groupBy(workplaces, ({ employeeId }) => employeeId);
  return new Map(
    employees.map((id) => [
      id,
      {
        schedules: schedulesOf.get(id) ?? [],
        workplaces: workplacesOf.get(id) ?? [],
      },
    ]),
  );
}

/** The same for one person, with the holidays of a stretch of days. */
export async function findRoster(
  database: Kysely<Tables>,
  employee: string,
  days: { readonly from: Day; readonly to: Day },
): Promise<Roster> {
  const found = await findEmployments(database, [employee]);
  const employment = found.get(employee) ?? { schedules: [], workplaces: [] };
  const calendars = employment.workplaces.flatMap(
    ({ calendarId }) => calendarId ?? [],
  );
  const holidays = await findHolidaysBetween(database, calendars, days);
  return { ...employment, holidays };
}

async function findSchedules(
  database: Kysely<Tables>,
  employees: readonly string[],
): Promise<readonly (Schedule & OfEmployee)[]> {
  return database
    .selectFrom("work_schedule")
    .where("employee_id", "in", employees)
    .select(["employee_id as employeeId", "week", ...span])
    .orderBy("valid")
    .execute();
}

async function findWorkplaces(
  database: Kysely<Tables>,
  employees: readonly string[],
): Promise<readonly (Workplace & OfEmployee)[]> {
  return database
    .selectFrom("assignment_ref")
    .innerJoin("location_ref", "location_ref.id", "assignment_ref.location_id")
    .where("employee_id", "in", employees)
    .select(["employee_id as employeeId", "calendar_id as calendarId", ...span])
    .orderBy("valid")
    .execute();
}

const span = [
  sql<string>`lower(valid)`.as("from"),
  sql<string | null>`upper(valid) - 1`.as("to"),
] as const;
