import type {
  DemoAssignment,
  DemoCompany,
  DemoEmployee,
  DemoEmployment,
} from "@hr/demo";
import type { Compensation, PayUnit, Recurring } from "./compensation.ts";
import { ratio } from "./money.ts";
import type { PayComponent } from "./pay-component.ts";

export type Hours = Pick<Compensation, "weeklyHours" | "fullTimeHours">;

export const payComponents: readonly PayComponent[] = [
  component("base", "Base pay", "EARNING"),
  component("overtime", "Overtime", "EARNING"),
  component("bonus", "Bonus", "EARNING"),
  component("back_pay", "Back pay", "EARNING"),
  component("transport", "Transport allowance", "EARNING"),
  component("pension", "Pension, employee's share", "DEDUCTION"),
  component("pension_er", "Pension, employer's share", "EMPLOYER_COST"),
  component("tax", "Income tax, imported", "TAX"),
  component("travel", "Travel expenses", "REIMBURSEMENT"),
  component("car", "Company car, list price", "INFORMATION"),
  { ...component("meals", "Meal vouchers", "EARNING"), active: false },
];

/** Full-time pay a month in EUR cents by job level. */
const scale: Readonly<Record<string, number>> = {
  C1: 1_450_000,
  C2: 1_120_000,
  L6: 840_000,
  L5: 690_000,
  L4: 580_000,
  L3: 450_000,
  L2: 340_000,
  L1: 120_000,
};

/** Minor units of a currency for a thousand euro cents, once and for all. */
const perThousandCents: Readonly<Record<string, number>> = {
  EUR: 1_000,
  GBP: 900,
  JPY: 1_500,
  USD: 1_100,
  KWD: 3_400,
};

/** The German entity pays these in the currency of their home. */
const paidAbroad: Readonly<Record<string, string>> = {
  emp_0002: "USD",
  emp_0016: "USD",
  emp_0017: "KWD",
  emp_0047: "KWD",
};

/** Everybody else is paid by the month. */
const units: Readonly<Record<string, PayUnit>> = {
  emp_0001: "YEAR",
  emp_0033: "HOUR",
  emp_0050: "DAY",
};

export function currencyOf(
  company: DemoCompany,
  employee: DemoEmployee,
): string {
  const entity = entityOf(company, employee);
  return paidAbroad[employee.id] ?? entity.defaultCurrency;
}

export function unitOf({ id }: DemoEmployee): PayUnit {
  return units[id] ?? "MONTH";
}

/** Full-time pay a month for a seat, in minor units. */
export function scaleOf(
  company: DemoCompany,
  { jobId }: DemoAssignment,
  currency: string,
): number {
  const euro = scale[levelOf(company, jobId)] ?? 0;
  return ratio(euro, perThousandCents[currency] ?? 1_000, 1_000);
}

/** What full-time pay a month is in another unit, and for part-time hours. */
export function baseFor(per: PayUnit, monthly: number, hours: Hours): number {
  switch (per) {
    case "YEAR":
      return monthly * 12;
    case "MONTH":
      return ratio(monthly, hours.weeklyHours, hours.fullTimeHours);
    case "DAY":
      return ratio(monthly, 12, 260);
    case "HOUR":
      return ratio(monthly, 1_200, 52 * hours.fullTimeHours);
  }
}

export function hoursOf(
  company: DemoCompany,
  employee: DemoEmployee,
  { weeklyHoursHundredths }: DemoAssignment,
): Hours {
  const { fullTimeHoursHundredths } = entityOf(company, employee);
  return {
    weeklyHours: weeklyHoursHundredths,
    fullTimeHours: fullTimeHoursHundredths,
  };
}

/** Pensions in Europe, the way to work in Japan, a car for chiefs. */
export function recurringOf(
  company: DemoCompany,
  { legalEntityId }: DemoEmployee,
  seat: { readonly type: DemoEmployment["type"]; readonly jobId: string },
): readonly Recurring[] {
  const inJapan = legalEntityId === "le_jp";
  const recurring: Recurring[] = [];
  if (inJapan) recurring.push(fixed("transport", 15_000));
  if (!inJapan && seat.type === "PERMANENT")
    recurring.push(rated("pension", 300), rated("pension_er", 350));
  if (levelOf(company, seat.jobId) === "C2")
    recurring.push(fixed("car", 5_200_000));
  return recurring;
}

function levelOf({ jobs }: DemoCompany, jobId: string): string {
  return jobs.find(({ id }) => id === jobId)?.level ?? "L3";
}

function entityOf(company: DemoCompany, { legalEntityId }: DemoEmployee) {
  const entity = company.legalEntities.find(({ id }) => id === legalEntityId);
  if (!entity) throw new Error("Everybody has a legal entity.");
  return entity;
}

function component(
  code: string,
  name: string,
  kind: PayComponent["kind"],
): PayComponent {
  const taxable = kind === "EARNING";
  const id = `pco_${code}`;
  return { id, code: code.toUpperCase(), name, kind, taxable, active: true };
}

function fixed(code: string, amountMinor: number): Recurring {
  return { componentId: `pco_${code}`, amountMinor, rateBps: null };
}

function rated(code: string, rateBps: number): Recurring {
  return { componentId: `pco_${code}`, amountMinor: null, rateBps };
}
