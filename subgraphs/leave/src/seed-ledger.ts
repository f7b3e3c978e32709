import type { DemoCompany } from "@hr/demo";
import { dueEntries } from "./accrual.ts";
import { closingEntries } from "./carry-over.ts";
import { addDays } from "./dates.ts";
import type { Booking } from "./leave-balance.repository.ts";
import { chargeOf } from "./leave-day.ts";
import type { Roster } from "./roster.ts";
import type { SeededRequest } from "./seed-requests.ts";
import type { SeededPolicy } from "./seed-types.ts";
import { bookingsOf } from "./usage.ts";

/**
 * The ledger since last year: last year closed, this year's grants and accruals up
 * to today, and the days of everything approved.
 */
export function ledgerOf(
  company: DemoCompany,
  rosters: ReadonlyMap<string, Roster>,
  requests: readonly SeededRequest[],
  policies: readonly SeededPolicy[],
): readonly Booking[] {
  const countries = new Map(
    company.locations.map(({ id, countryCode }) => [id, countryCode]),
  );
  const usage = requests
    .filter(({ status }) => status === "APPROVED")
    .flatMap((request) => usageOf(request));
  const known = [...usage, ...adjustmentsOn(company.today)];
  const granted = company.employees.flatMap(({ id, current }) => {
    const country = countries.get(current.locationId);
    const roster = rosters.get(id);
    return policies
      .filter(({ countryCode }) => countryCode === country)
      .filter(({ entitlement }) => entitlement !== "UNLIMITED")
      .flatMap((policy) =>
        roster ? accountOf({ ...company, id, policy, roster }, known) : [],
      );
  });
  return [...granted, ...known];
}

function accountOf(
  of: {
    readonly today: string;
    readonly id: string;
    readonly policy: SeededPolicy;
    readonly roster: Roster;
  },
  known: readonly Booking[],
): readonly Booking[] {
  const { id: employeeId, policy, today, roster } = of;
  const { leaveTypeId } = policy;
  const year = Number(today.slice(0, 4));
  const before = dueEntries(policy, roster, year - 1, new Map());
  const other = known.filter(
    (one) =>
      one.employeeId === employeeId &&
      one.leaveTypeId === leaveTypeId &&
      one.effectiveOn < `${year}-01-01`,
  );
  const rest = sumOf(before) + sumOf(other);
  const entries = [
    ...before,
    ...closingEntries(rest, policy.carryOverCap, year - 1),
    ...dueEntries(policy, roster, year, new Map()).filter(
      ({ effectiveOn }) => effectiveOn <= today,
    ),
  ];
  return entries.map((entry) => ({ ...entry, employeeId, leaveTypeId }));
}

function usageOf(request: SeededRequest): readonly Booking[] {
  const { breakdown, decidedById } = request;
  if (chargeOf(breakdown) === 0) return [];
  return bookingsOf(
    { request: { ...request, version: 2 }, breakdown, bookedBy: decidedById },
    "USAGE",
  );
}

function adjustmentsOn(today: string): readonly Booking[] {
  return ["emp_0030", "emp_0013"].map((employeeId) => ({
    ...{ employeeId, leaveTypeId: "lvt_comp", kind: "ADJUSTMENT" },
    amount: 100,
    effectiveOn: addDays(today, -40),
    sourceKey: "adjustment:demo",
    note: "Worked on a Saturday",
    createdBy: "emp_hana",
  }));
}

function sumOf(entries: readonly { readonly amount: number }[]): number {
  return entries.reduce((sum, { amount }) => sum + amount, 0);
}
