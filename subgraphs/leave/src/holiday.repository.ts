import { type Kysely, sql } from "kysely";
import type { Day } from "./dates.ts";
import type { Holiday, HolidayCalendar } from "./holiday.ts";
import type { Tables } from "./tables.ts";

export async function findCalendars(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<readonly HolidayCalendar[]> {
  return database
    .selectFrom("holiday_calendar")
    .where("id", "in", ids)
    .select([
      "id",
      "name",
      "country_code as countryCode",
      "subdivision_code as subdivisionCode",
    ])
    .execute();
}

export async function findCalendarsOfLocations(
  database: Kysely<Tables>,
  locations: readonly string[],
): Promise<
  readonly { readonly id: string; readonly calendarId: string | null }[]
> {
  return database
    .selectFrom("location_ref")
    .where("id", "in", locations)
    .select(["id", "calendar_id as calendarId"])
    .execute();
}

export async function findHolidays(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<readonly Holiday[]> {
  return holidays(database).where("id", "in", ids).execute();
}

/** By date. */
export async function findHolidaysBetween(
  database: Kysely<Tables>,
  calendars: readonly string[],
  days: { readonly from: Day; readonly to: Day },
): Promise<readonly Holiday[]> {
  return holidays(database)
    .where(sql<boolean>`calendar_id = ANY (${calendars}::text[])`)
    .where("date", ">=", days.from)
    .where("date", "<=", days.to)
    .orderBy("date")
    .execute();
}

function holidays(database: Kysely<Tables>) {
  return database
    .selectFrom("holiday")
    .select([
      "id",
      "calendar_id as calendarId",
      "date",
      "name",
      "half_day as halfDay",
    ]);
}
