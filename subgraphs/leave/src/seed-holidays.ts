import type { DemoCompany } from "@hr/demo";
import Holidays from "date-holidays";
import type { Holiday, HolidayCalendar } from "./holiday.ts";

export const calendarIdOf = (subdivision: string) =>
  `hcl_${subdivision.toLowerCase().replace("-", "_")}`;

/** One calendar for each region the company works in. */
export function calendarsOf(
  company: DemoCompany,
): readonly (HolidayCalendar & { readonly subdivisionCode: string })[] {
  return company.locations.map(({ city, countryCode, subdivisionCode }) => ({
    id: calendarIdOf(subdivisionCode),
    name: `Public holidays, ${city}`,
    ...{ countryCode, subdivisionCode },
  }));
}

/** Public holidays of the two years before today, its own and the two after. */
export function holidaysOf(company: DemoCompany): readonly Holiday[] {
  const year = Number(company.today.slice(0, 4));
  const years = [-2, -1, 0, 1, 2].map((offset) => year + offset);
  return calendarsOf(company).flatMap((calendar) => {
    const source = new Holidays(
      calendar.countryCode,
      calendar.subdivisionCode.slice(3),
    );
    const found = years.flatMap((one) => source.getHolidays(one));
    const days = new Map<string, Holiday>();
    for (const { date: instant, name, type } of found) {
      const date = instant.slice(0, 10);
      const halfDay = isHalf(calendar.countryCode, date);
      if ((type !== "public" && !halfDay) || days.has(date)) continue;
      const id = `${calendar.id.replace("hcl", "hol")}_${date.replaceAll("-", "")}`;
      days.set(date, { id, calendarId: calendar.id, date, name, halfDay });
    }
    return [...days.values()];
  });
}

/** By custom, the afternoon before Christmas and before New Year is free in Germany. */
function isHalf(country: string, date: string): boolean {
  return country === "DE" && /-12-(24|31)$/.test(date);
}
