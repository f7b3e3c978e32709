import { type Day, addDays, addMonths, countDays } from "./dates.ts";
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
  const months = monthsEmployed(employment, year);
  const first = months[0];
  if (!first) return [];
  if (policy.entitlement === "YEARLY") {
    const sum = months.reduce(
      (all, { month }) => all + shareOf(employment, month),
      0,
    );
    const amount = rounded(policy.annualDays * sum);
    const sourceKey = `grant:${year}`;
    return booked.has(sourceKey)
      ? []
      : [{ kind: "GRANT", amount, effectiveOn: first.first, sourceKey }];
  }
  if (policy.entitlement !== "MONTHLY") return [];
  let exact = 0;
  let granted = 0;
  return months.flatMap(({ month, first: effectiveOn }) => {
    exact += policy.annualDays * shareOf(employment, month);
    const sourceKey = `accrual:${month.slice(0, 7)}`;
    const known = booked.get(sourceKey);
    const amount = known ?? rounded(exact) - granted;
    granted += amount;
    return known === undefined
      ? [{ kind: "ACCRUAL" as const, amount, effectiveOn, sourceKey }]
      : [];
  });
}

/** The least common multiple of 28, 29, 30 and 31. */
const monthLengths = 377_580;
const fullWeek = 500;

/** The month's part of a year (L5) as a whole number of 1 ÷ (12 × 500 × 377,580): exact. */
function shareOf(employment: Employment, month: Day): number {
  const end = lastOf(month);
  const lengths = employment.schedules.flatMap((schedule) => {
    const week = schedule.week.reduce((sum, one) => sum + one, 0);
    return employment.workplaces.map((workplace) => {
      const from = latest(month, schedule.from, workplace.from);
      const to = earliest(end, schedule.to ?? end, workplace.to ?? end);
      return Math.max(0, countDays(from, to)) * week;
    });
  });
  const days = lengths.reduce((sum, one) => sum + one, 0);
  return days * (monthLengths / countDays(month, end));
}

/** Half away from zero, in whole numbers throughout. */
function rounded(numerator: number): number {
  const denominator = 12 * fullWeek * monthLengths;
  const rest = numerator % denominator;
  return (numerator - rest) / denominator + (2 * rest >= denominator ? 1 : 0);
}

/** Months with a day of employment, and the first such day. */
function monthsEmployed(
  { workplaces }: Employment,
  year: number,
): readonly { readonly month: Day; readonly first: Day }[] {
  return Array.from({ length: 12 }, (_, index) =>
    addMonths(`${year}-01-01`, index),
  ).flatMap((month) => {
    const within = workplaces.filter(
      ({ from, to }) => from <= lastOf(month) && (to ?? month) >= month,
    );
    const first = within[0];
    return first ? [{ month, first: latest(month, first.from) }] : [];
  });
}

function lastOf(month: Day): Day {
  return addDays(addMonths(month, 1), -1);
}

function latest(...days: readonly Day[]): Day {
  return days.reduce((a, b) => (a > b ? a : b));
}

function earliest(...days: readonly Day[]): Day {
  return days.reduce((a, b) => (a < b ? a : b));
}
