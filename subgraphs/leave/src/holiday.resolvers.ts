import { BadInput } from "@hr/service";
import type { Window } from "./absence.repository.ts";
import { demandDay, demandWindow } from "./arguments.policy.ts";
import type { LeaveContext } from "./context.ts";
import type { HolidayCalendar } from "./holiday.ts";
import { findHolidaysBetween } from "./holiday.repository.ts";

type ById = { readonly id: string };

const maximumWindow = 400;

export const holidayResolvers = {
  Query: {
    async holidays(
      _: unknown,
      args: Window & { readonly calendarId?: string | null },
      context: LeaveContext,
    ) {
      demandWindow(args, maximumWindow);
      const calendar = args.calendarId ?? (await ownCalendar(context));
      return findHolidaysBetween(context.database.query, [calendar], args);
    },
  },
  Location: {
    __resolveReference: ({ id }: ById, { load }: LeaveContext) =>
      load.location.load(id),
    holidayCalendar: (
      { calendarId }: { readonly calendarId: string | null },
      _: unknown,
      { load }: LeaveContext,
    ) => calendarId && load.calendar.load(calendarId),
  },
  HolidayCalendar: {
    __resolveReference: ({ id }: ById, { load }: LeaveContext) =>
      load.calendar.load(id),
    holidays(
      { id }: HolidayCalendar,
      { year }: { readonly year: number },
      { load }: LeaveContext,
    ) {
      demandDay("year", `${year}-01-01`);
      return load.holidaysOf(year).load(id);
    },
  },
  Holiday: {
    __resolveReference: ({ id }: ById, { load }: LeaveContext) =>
      load.holiday.load(id),
  },
};

async function ownCalendar({ principal, load }: LeaveContext): Promise<string> {
  const id = principal.employeeId;
  const own = id === null ? null : await load.employee.load(id);
  if (!own?.calendarId)
    throw new BadInput("calendarId", "is needed: the caller has no location");
  return own.calendarId;
}
