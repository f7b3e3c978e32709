import { addMonths, addDays } from "./dates.ts";
import type { LeavePolicy, LeaveType } from "./leave-type.ts";

const ordinary: Omit<LeaveType, "id" | "code" | "name" | "color"> = {
  paid: "PAID",
  requiresApproval: true,
  requiresNote: false,
  certificateAfterDays: null,
  allowsHalfDays: true,
  negativeLimit: 0,
  confidential: false,
  active: true,
};

export const seededTypes: readonly LeaveType[] = [
  { ...ordinary, ...named("annual", "Annual leave", "#2f855a") },
  {
    ...ordinary,
    ...named("sick", "Sick leave", "#c53030"),
    ...{ requiresApproval: false, confidential: true, certificateAfterDays: 3 },
  },
  {
    ...ordinary,
    ...named("parental", "Parental leave", "#6b46c1"),
    ...{ paid: "PARTIAL", confidential: true, allowsHalfDays: false },
  },
  {
    ...ordinary,
    ...named("unpaid", "Unpaid leave", "#4a5568"),
    ...{ paid: "UNPAID", requiresNote: true },
  },
  { ...ordinary, ...named("learning", "Learning leave", "#2b6cb0") },
  {
    ...ordinary,
    ...named("comp", "Time off in lieu", "#b7791f"),
    ...{ allowsHalfDays: false, negativeLimit: 200 },
  },
  {
    ...ordinary,
    ...named("sabbatical", "Sabbatical", "#285e61"),
    active: false,
  },
];

export type SeededPolicy = LeavePolicy & {
  readonly leaveTypeId: string;
  readonly countryCode: string;
};

/** What each type grants where. In Britain carried days are lost at the end of next month. */
export function policiesOn(today: string): readonly SeededPolicy[] {
  const soon = addDays(addMonths(`${today.slice(0, 7)}-01`, 2), -1);
  const soonThisYear =
    soon.slice(0, 4) === today.slice(0, 4) ? soon.slice(5) : "12-31";
  const annual = { ...unlimited, entitlement: "YEARLY", carryOverCap: 500 };
  const everywhere = {
    sick: unlimited,
    parental: { ...unlimited, maxConsecutiveDays: 400 },
    unpaid: { ...unlimited, eligibleAfterMonths: 3, maxConsecutiveDays: 90 },
    learning: {
      ...unlimited,
      ...{ entitlement: "MONTHLY", annualDays: 500, carryOverCap: 0 },
      noticeDays: 7,
    },
    comp: { ...unlimited, entitlement: "EARNED" },
    sabbatical: { ...unlimited, eligibleAfterMonths: 36 },
  } as const;
  const countries = {
    DE: { ...annual, annualDays: 2500, carryOverExpires: "03-31" },
    GB: { ...annual, annualDays: 2800, carryOverExpires: soonThisYear },
    JP: { ...annual, annualDays: 2000, carryOverCap: null },
  } as const;
  return Object.entries(countries).flatMap(([countryCode, own]) =>
    Object.entries({ annual: own, ...everywhere }).map(([code, policy]) => ({
      ...policy,
      leaveTypeId: `lvt_${code}`,
      countryCode,
    })),
  ) as readonly SeededPolicy[];
}

const unlimited: LeavePolicy = {
  entitlement: "UNLIMITED",
  annualDays: 0,
  carryOverCap: null,
  carryOverExpires: null,
  eligibleAfterMonths: 0,
  noticeDays: 0,
  maxConsecutiveDays: null,
};

function named(code: string, name: string, color: string) {
  return { id: `lvt_${code}`, code: code.toUpperCase(), name, color };
}
