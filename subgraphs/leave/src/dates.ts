/** ISO 8601 calendar date; no clock and no time zone is involved. */
export type Day = string;

/** From the first to the last day, both included; open without a last day. */
export type Span = { readonly from: Day; readonly to: Day | null };

export function addDays(day: Day, days: number): Day {
  return dayOf(numberOf(day) + days);
}

/** The same day of a later month, or that month's last: 31 January and one month are 28 February. */
export function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  const first = dayOf(Date.UTC(year, month - 1 + months, 1) / dayLength);
  return addDays(first, Math.min(date, last) - 1);
}

/** How many days a stretch covers, both ends included. */
export function countDays(from: Day, to: Day): number {
  return numberOf(to) - numberOf(from) + 1;
}

export function eachDay(from: Day, to: Day): readonly Day[] {
  const length = Math.max(0, countDays(from, to));
  return Array.from({ length }, (_, index) => addDays(from, index));
}

/** 0 for Monday, 6 for Sunday. */
export function weekday(day: Day): number {
  return (((numberOf(day) + 3) % 7) + 7) % 7;
}

export function covers({ from, to }: Span, day: Day): boolean {
  return from <= day && (to === null || day <= to);
}

/** A `daterange` in SQL. */
export function range({ from, to }: Span): string {
  return `[${from},${to ?? ""}]`;
}

/** Which day it is at a place. */
export function localDate(instant: Date, timeZone: string): Day {
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(instant);
}

/** Days since 1970, for arithmetic on many. */
export function numberOf(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`) / dayLength;
}

export function dayOf(number: number): Day {
  return new Date(number * dayLength).toISOString().slice(0, 10);
}

const dayLength = 86_400_000;
