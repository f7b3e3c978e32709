/** ISO 8601 calendar date; no clock and no time zone is involved. */
export type Day = string;

/** From the first to the last day, both included. */
export type Days = { readonly from: Day; readonly to: Day };

export function addDays(day: Day, days: number): Day {
  return iso(numberOf(day) + days);
}

export function lastOfMonth(day: Day): Day {
  const [year = 0, month = 0] = day.split("-").map(Number);
  return iso(Date.UTC(year, month, 0) / dayLength);
}

export function firstOfMonth(day: Day, months = 0): Day {
  const [year = 0, month = 0] = day.split("-").map(Number);
  return iso(Date.UTC(year, month - 1 + months, 1) / dayLength);
}

/** How many days a stretch covers; 31 for January. */
export function countDays({ from, to }: Days): number {
  return Math.max(0, numberOf(to) - numberOf(from) + 1);
}

export function overlap(one: Days, other: Days): Days | null {
  const from = one.from > other.from ? one.from : other.from;
  const to = one.to < other.to ? one.to : other.to;
  return from <= to ? { from, to } : null;
}

/** A `daterange` in SQL; open without a last day. */
export function range(from: Day, to: Day | null): string {
  return `[${from},${to ?? ""}]`;
}

/** The first instant of a day in UTC. */
export function midnight(day: Day): Date {
  return new Date(numberOf(day) * dayLength);
}

const dayLength = 86_400_000;

function numberOf(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`) / dayLength;
}

function iso(days: number): Day {
  return new Date(days * dayLength).toISOString().slice(0, 10);
}
