import { type Day, eachDay } from "./dates.ts";
import type { Holiday } from "./holiday.ts";
import { type Roster, holidayOn, scheduledOn } from "./roster.ts";

export type DayPortion = "FULL" | "MORNING" | "AFTERNOON";

export type LeavePeriod = {
  readonly startDate: Day;
  readonly startPortion: DayPortion;
  readonly endDate: Day;
  readonly endPortion: DayPortion;
};

export type LeaveDay = {
  readonly date: Day;
  /** Hundredths of a day: 0, 50 or 100. */
  readonly charged: number;
  readonly reason:
    "WORKING_DAY" | "HALF_DAY" | "NOT_SCHEDULED" | "PUBLIC_HOLIDAY";
  readonly holiday: Holiday | null;
};

/**
 * Every calendar day of a period (L7). A half is charged when it is asked for,
 * scheduled and no holiday; a half-day holiday frees the afternoon.
 */
export function breakdownOf(
  period: LeavePeriod,
  roster: Roster,
): readonly LeaveDay[] {
  return eachDay(period.startDate, period.endDate).map((date) => {
    const holiday = holidayOn(roster, date);
    const scheduled = scheduledOn(roster, date);
    const wanted = halvesOf(period, date).filter((half) =>
      half === "MORNING" ? scheduled >= 50 : scheduled === 100,
    );
    const charged = 50 * wanted.filter((half) => !isFree(half, holiday)).length;
    return { date, charged, reason: reasonOf(charged, wanted.length), holiday };
  });
}

/** Hundredths of a day. */
export function chargeOf(days: readonly Pick<LeaveDay, "charged">[]): number {
  return days.reduce((sum, { charged }) => sum + charged, 0);
}

type Half = "MORNING" | "AFTERNOON";

function halvesOf(period: LeavePeriod, date: Day): readonly Half[] {
  const isAsked = (half: Half) =>
    (date !== period.startDate || admits(period.startPortion, half)) &&
    (date !== period.endDate || admits(period.endPortion, half));
  return (["MORNING", "AFTERNOON"] as const).filter(isAsked);
}

function admits(portion: DayPortion, half: Half): boolean {
  return portion === "FULL" || portion === half;
}

function isFree(half: Half, holiday: Holiday | null): boolean {
  if (!holiday) return false;
  return half === "AFTERNOON" || !holiday.halfDay;
}

function reasonOf(charged: number, wanted: number): LeaveDay["reason"] {
  if (charged > 0) return charged === 100 ? "WORKING_DAY" : "HALF_DAY";
  return wanted > 0 ? "PUBLIC_HOLIDAY" : "NOT_SCHEDULED";
}
