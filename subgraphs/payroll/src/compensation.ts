import type { Day } from "./days.ts";
import { ratio } from "./money.ts";

export type PayUnit = "HOUR" | "DAY" | "MONTH" | "YEAR";

export type CompensationReason =
  | "HIRE"
  | "MERIT"
  | "PROMOTION"
  | "MARKET_ADJUSTMENT"
  | "HOURS_CHANGE"
  | "CORRECTION";

/** One effective-dated row of a person's pay. */
export type Compensation = {
  readonly id: string;
  readonly employeeId: string;
  readonly effectiveFrom: Day;
  /** Inclusive; null while open. */
  readonly effectiveTo: Day | null;
  readonly baseMinor: number;
  readonly currency: string;
  readonly per: PayUnit;
  /** Contract hours a week while it is in force, in hundredths. */
  readonly weeklyHours: number;
  /** Full time at their legal entity, in hundredths of an hour a week. */
  readonly fullTimeHours: number;
  readonly reason: CompensationReason;
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string | null;
};

/** Paid, or held back, in every period: exactly one of amount and rate. */
export type Recurring = {
  readonly componentId: string;
} & (
  | { readonly amountMinor: number; readonly rateBps: null }
  | { readonly amountMinor: null; readonly rateBps: number }
);

/** The base for a year at contract hours: 52 weeks, 260 days at the part of full time, 12 months. */
export function annualised(
  pay: Pick<
    Compensation,
    "baseMinor" | "per" | "weeklyHours" | "fullTimeHours"
  >,
): number {
  const [numerator, denominator] = {
    HOUR: [pay.weeklyHours * 52, 100] as const,
    DAY: [260 * pay.weeklyHours, pay.fullTimeHours] as const,
    MONTH: [12, 1] as const,
    YEAR: [1, 1] as const,
  }[pay.per];
  return ratio(pay.baseMinor, numerator, denominator);
}
