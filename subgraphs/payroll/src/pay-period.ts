import { type Days, countDays, overlap } from "./days.ts";
import { ratio, split } from "./money.ts";

export type PayFrequency = "WEEKLY" | "BIWEEKLY" | "SEMIMONTHLY" | "MONTHLY";

const periodsPerYear: Readonly<Record<PayFrequency, number>> = {
  WEEKLY: 52,
  BIWEEKLY: 26,
  SEMIMONTHLY: 24,
  MONTHLY: 12,
};

/** What a year's pay comes to in one period. */
export function periodBase(
  annualMinor: number,
  frequency: PayFrequency,
): number {
  return ratio(annualMinor, 1, periodsPerYear[frequency]);
}

/**
 * The part of a period's amount that falls on some of its days, by calendar
 * days: joiners, leavers, and pay that changes within the period.
 */
export function partOfPeriod(
  amountMinor: number,
  period: Days,
  days: Days,
): number {
  const within = overlap(period, days);
  const covered = within ? countDays(within) : 0;
  const [part = 0] = split(amountMinor, [covered, countDays(period) - covered]);
  return part;
}
