import { type Day, type Span, addDays, covers, weekday } from "./dates.ts";
import type { Holiday } from "./holiday.ts";

export type Schedule = Span & {
  /** Monday first, hundredths of a day: 100, 50 (the morning is worked) or 0. */
  readonly week: readonly number[];
};

export type Workplace = Span & { readonly calendarId: string | null };

/** When somebody works: schedule and location in force on each day (L10). */
export type Roster = {
  readonly schedules: readonly Schedule[];
  /** Oldest first. A day in none of them is a day outside employment. */
  readonly workplaces: readonly Workplace[];
  /** Of every calendar that applies on some day. */
  readonly holidays: readonly Holiday[];
};

export function isEmployedOn(roster: Roster, day: Day): boolean {
  return roster.workplaces.some((one) => covers(one, day));
}

/** First day of the unbroken employment that covers a day. */
export function employedSince(roster: Roster, day: Day): Day {
  const before = roster.workplaces.filter(({ from }) => from <= day);
  return before.reduceRight(
    (since, { from, to }) =>
      to === null || addDays(to, 1) >= since ? from : since,
    before.at(-1)?.from ?? day,
  );
}

/** 100, 50 (the morning) or 0. */
export function scheduledOn(roster: Roster, day: Day): number {
  const schedule = roster.schedules.find((one) => covers(one, day));
  return schedule?.week[weekday(day)] ?? 0;
}

export function holidayOn(roster: Roster, day: Day): Holiday | null {
  const place = roster.workplaces.find((one) => covers(one, day));
  const found = roster.holidays.find(
    ({ date, calendarId }) => date === day && calendarId === place?.calendarId,
  );
  return found ?? null;
}
