import type { DemoCompany, DemoEmployee } from "@hr/demo";
import type { Holiday } from "./holiday.ts";
import type { Roster } from "./roster.ts";
import { calendarIdOf } from "./seed-holidays.ts";

/** When each of the company works: what its schedule and location rows say. */
export function rostersOf(
  company: DemoCompany,
  holidays: readonly Holiday[],
): ReadonlyMap<string, Roster> {
  const calendars = new Map(
    company.locations.map((one) => [one.id, calendarIdOf(one.subdivisionCode)]),
  );
  return new Map(
    company.employees.map((person) => [
      person.id,
      {
        schedules: person.employments.map(({ hireDate, terminationDate }) => ({
          from: hireDate,
          to: terminationDate,
          week: person.week.map((part) => part * 100),
        })),
        workplaces: assignmentsOf(person).map((one) => ({
          from: one.effectiveFrom,
          to: one.effectiveTo,
          calendarId: calendars.get(one.locationId) ?? null,
        })),
        holidays,
      },
    ]),
  );
}

export function assignmentsOf({ employments }: DemoEmployee) {
  return employments.flatMap(({ assignments }) => assignments);
}
