import type { Day } from "./dates.ts";

export type HolidayCalendar = {
  readonly id: string;
  readonly name: string;
  readonly countryCode: string;
  readonly subdivisionCode: string | null;
};

export type Holiday = {
  readonly id: string;
  readonly calendarId: string;
  readonly date: Day;
  readonly name: string;
  /** Only the afternoon is free. */
  readonly halfDay: boolean;
};
