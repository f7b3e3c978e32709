import type { DemoDate } from "./company.ts";

/** Calendar arithmetic on ISO dates; no clock and no time zone is involved. */
export function addDays(date: DemoDate, days: number): DemoDate {
  const { year, month, day } = parts(date);
  return iso(new Date(Date.UTC(year, month - 1, day + days)));
}

export function firstOfMonth(date: DemoDate, months = 0): DemoDate {
  const { year, month } = parts(date);
  return iso(new Date(Date.UTC(year, month - 1 + months, 1)));
}

export function lastOfMonth(date: DemoDate, months = 0): DemoDate {
  return addDays(firstOfMonth(date, months + 1), -1);
}

function parts(date: DemoDate) {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  return { year, month, day };
}

function iso(date: Date): DemoDate {
  return date.toISOString().slice(0, 10);
}
