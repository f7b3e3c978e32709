import { type Day, dayOf, numberOf } from "./dates.ts";
import type { LeavePolicy } from "./leave-type.ts";
import type { Roster } from "./roster.ts";

/** An entitlement that falls due; `sourceKey` is what it is booked under. */
export type DueEntry = {
  readonly kind: "GRANT" | "ACCRUAL";
  readonly amount: number;
  readonly effectiveOn: Day;
  readonly sourceKey: string;
};

/** The part of a roster that entitlements depend on. */
export type Employment = Pick<Roster, "schedules" | "workplaces">;

/**
 * What a calendar year entitles to beyond what is booked already, in hundredths
 * of a day. Cumulative (L4): entry n is the rounded sum of the exact monthly
 * shares up to n, minus what was granted before it, so a year never drifts.
 * @param booked amounts by source key.
 */
export function dueEntries(
  policy: Pick<LeavePolicy, "entitlement" | "annualDays">,
  employment: Employment,
  year: number,
  booked: ReadonlyMap<string, number>,
): readonly DueEntry[] {
  const { entitlement, annualDays } = policy;
  if (entitlement !== "YEARLY" && entitlement !== "MONTHLY") return [];
  const months = monthsEmployed(employment, year);
  if (entitlement === "MONTHLY") return accruals(annualDays, months, booked);
  const sourceKey = `grant:${year}`;
  const first = months[0];
  if (!first || booked.has(sourceKey)) return [];
  const sum = months.reduce((all, { share }) => all + share, 0);
  const amount = rounded(annualDays * sum);
  return [{ kind: "GRANT", amount, effectiveOn: first.from, sourceKey }];
}

function accruals(
  annualDays: number,
  months: readonly EmployedMonth[],
  booked: ReadonlyMap<string, number>,
): readonly DueEntry[] {
  let exact = 0;
  let granted = 0;
  return months.flatMap(({ from: effectiveOn, share }) => {
    exact += annualDays * share;
    const sourceKey = `accrual:${effectiveOn.slice(0, 7)}`;
    const known = booked.get(sourceKey);
    const amount = known ?? rounded(exact) - granted;
    granted += amount;
    return known === undefined
      ? [{ kind: "ACCRUAL" as const, amount, effectiveOn, sourceKey }]
      : [];
  });
}

type EmployedMonth = {
  /** The first day of employment in the month. */
  readonly from: Day;
  /** The month's part of a year (L5), a whole number of 1 ÷ (12 × 500 × 377,580). */
  readonly share: number;
};

/** The least common multiple of 28, 29, 30 and 31: shares by calendar day stay whole. */
const monthLengths = 377_580;
const fullWeek = 500;

function monthsEmployed(
  employment: Employment,
  year: number,
): readonly EmployedMonth[] {
  const stretches = stretchesOf(employment);
  return Array.from({ length: 12 }, (_, month): readonly EmployedMonth[] => {
    const start = firstOf(year, month);
    const next = firstOf(year, month + 1);
    const within = stretches
      .map(({ from, to, week }) => ({
        from: Math.max(from, start),
        to: Math.min(to, next - 1),
        week,
      }))
      .filter(({ from, to }) => from <= to);
    const days = within.reduce(
      (sum, { from, to, week }) => sum + (to - from + 1) * week,
      0,
    );
    const first = Math.min(...within.map(({ from }) => from));
    const share = days * (monthLengths / (next - start));
    return within.length === 0 ? [] : [{ from: dayOf(first), share }];
  }).flat();
}

/** Stretches of days with one week pattern while employed, as day numbers. */
function stretchesOf({ schedules, workplaces }: Employment) {
  return schedules.flatMap((schedule) => {
    const week = schedule.week.reduce((sum, one) => sum + one, 0);
    return workplaces.map(({ from, to }) => ({
      from: Math.max(numberOf(schedule.from), numberOf(from)),
      to: Math.min(endOf(schedule.to), endOf(to)),
      week,
    }));
  });
}

function endOf(to: Day | null): number {
  return to === null ? Infinity : numberOf(to);
}

function firstOf(year: number, month: number): number {
  return Date.UTC(year, month, 1) / 86_400_000;
}

/** Half away from zero, in whole numbers throughout. */
function rounded(numerator: number): number {
  const denominator = 12 * fullWeek * monthLengths;
  const rest = numerator % denominator;
  return (numerator - rest) / denominator + (2 * rest >= denominator ? 1 : 0);
}
