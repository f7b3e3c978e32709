import type {
  DemoAssignment,
  DemoCompany,
  DemoEmployee,
  DemoEmployment,
} from "@hr/demo";
import type { CompensationReason, PayUnit, Recurring } from "./compensation.ts";
import { type Day, addDays, firstOfMonth, lastOfMonth } from "./days.ts";
import { ratio } from "./money.ts";
import type { PayComponent } from "./pay-component.ts";

/** One row of pay, as it is seeded and as the seeded slips are calculated from it. */
export type SeedPay = {
  readonly employeeId: string;
  readonly from: Day;
  readonly to: Day | null;
  readonly baseMinor: number;
  readonly currency: string;
  readonly per: PayUnit;
  readonly weeklyHours: number;
  readonly fullTimeHours: number;
  readonly reason: CompensationReason;
  /** The day somebody decided it: later than `from` for a retroactive raise. */
  readonly decidedOn: Day;
  readonly recurring: readonly Recurring[];
};

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

/** Everybody's pay of past and future, oldest first; what was decided after `knownOn` is left out. */
export function payOf(
  company: DemoCompany,
  knownOn: Day,
): ReadonlyMap<string, readonly SeedPay[]> {
  return new Map(
    company.employees.map((employee) => [
      employee.id,
      employee.employments.flatMap((employment) =>
        rowsOf(company, { employee, employment, knownOn }),
      ),
    ]),
  );
}

/** The German entity pays a few people in the currency of their home. */
export function currencyOf(
  company: DemoCompany,
  employee: DemoEmployee,
): string {
  const entity = entityOf(company, employee);
  return paidAbroad[employee.id] ?? entity.defaultCurrency;
}

type Hours = Pick<SeedPay, "weeklyHours" | "fullTimeHours">;

type Change = {
  readonly from: Day;
  readonly reason: CompensationReason;
  readonly decidedOn: Day;
  /** Per cent of the pay before, or the pay scale of the seat. */
  readonly raise: number | "scale";
};

type Career = {
  readonly employee: DemoEmployee;
  readonly employment: DemoEmployment;
  readonly knownOn: Day;
};

const paidAbroad: Readonly<Record<string, string>> = {
  ...{ emp_0002: "USD", emp_0016: "USD", emp_0017: "KWD", emp_0047: "KWD" },
};
const units: Readonly<Record<string, PayUnit>> = {
  ...{ emp_0001: "YEAR", emp_0033: "HOUR", emp_0050: "DAY" },
};
/** The one whose pay ran out with the month before this one. */
export const personWithoutPay = "emp_0036";
/** The one whose raise was decided two months after it began. */
export const personPaidLate = "emp_0010";
const personWithScheduledRaise = "emp_0025";

/** Full-time pay a month in EUR cents by job level, and what a unit of it is in other money. */
const scale: Readonly<Record<string, number>> = {
  ...{ C1: 1_450_000, C2: 1_120_000, L6: 840_000, L5: 690_000 },
  ...{ L4: 580_000, L3: 450_000, L2: 340_000, L1: 120_000 },
};
/** Minor units of the currency for a thousand euro cents. */
const perThousandCents: Readonly<Record<string, number>> = {
  ...{ EUR: 1_000, GBP: 900, JPY: 1_500, USD: 1_100, KWD: 3_400 },
};

function rowsOf(company: DemoCompany, career: Career): readonly SeedPay[] {
  const changes = changesOf(company.today, career).filter(
    ({ decidedOn, reason }) => reason === "HIRE" || decidedOn <= career.knownOn,
  );
  let monthly = 0;
  return changes.map((change, index): SeedPay => {
    const { employee, employment } = career;
    const assignment = assignmentOn(employment, change.from);
    const hours = hoursOf(company, employee, assignment);
    const currency = currencyOf(company, employee);
    monthly =
      change.raise === "scale"
        ? scaleOf(company, assignment, currency)
        : ratio(monthly, 100 + change.raise, 100);
    const next = changes[index + 1];
    const per = units[employee.id] ?? "MONTH";
    return {
      employeeId: employee.id,
      from: change.from,
      to: next ? addDays(next.from, -1) : lastDayOfPay(company.today, career),
      ...{ baseMinor: baseFor(per, monthly, hours), currency, per, ...hours },
      ...{ reason: change.reason, decidedOn: change.decidedOn },
      recurring: recurringOf(company, career, assignment),
    };
  });
}

function changesOf(today: Day, career: Career): readonly Change[] {
  const { employee, employment } = career;
  const changes: Change[] = employment.assignments.flatMap((assignment) => {
    const from = assignment.effectiveFrom;
    const reason = reasons[assignment.kind];
    const raise = reason === "HOURS_CHANGE" ? 0 : "scale";
    return reason
      ? [{ from, reason, decidedOn: addDays(from, -14), raise }]
      : [];
  });
  const newYear = `${today.slice(0, 4)}-01-01`;
  const raises: Change[] = [
    {
      ...{ from: newYear, reason: "MERIT", raise: 3 },
      decidedOn: addDays(newYear, -21),
    },
  ];
  if (employee.id === personPaidLate)
    raises.push({
      ...{ from: firstOfMonth(today, -2), reason: "MERIT", raise: 4 },
      decidedOn: today,
    });
  if (employee.id === personWithScheduledRaise)
    raises.push({
      ...{ from: firstOfMonth(today, 2), reason: "MARKET_ADJUSTMENT" },
      ...{ decidedOn: today, raise: 5 },
    });
  const due = raises.filter(
    ({ from }) =>
      from > addDays(employment.hireDate, 180) &&
      from <= (employment.terminationDate ?? from) &&
      changes.every((change) => change.from !== from),
  );
  const all = [...changes, ...due];
  // The later decision about a day stands.
  return all
    .filter((one, i) => !all.some(({ from }, k) => k > i && from === one.from))
    .toSorted((a, b) => (a.from < b.from ? -1 : 1));
}

const reasons: Partial<Record<DemoAssignment["kind"], CompensationReason>> = {
  ...{ HIRE: "HIRE", REHIRE: "HIRE" },
  ...{ PROMOTION: "PROMOTION", HOURS_CHANGE: "HOURS_CHANGE" },
};

function lastDayOfPay(today: Day, { employee, employment }: Career) {
  return employee.id === personWithoutPay
    ? lastOfMonth(firstOfMonth(today, -1))
    : employment.terminationDate;
}

function baseFor(per: PayUnit, monthly: number, hours: Hours): number {
  if (per === "YEAR") return monthly * 12;
  if (per === "DAY") return ratio(monthly, 12, 260);
  if (per === "HOUR") return ratio(monthly, 1_200, 52 * hours.fullTimeHours);
  return ratio(monthly, hours.weeklyHours, hours.fullTimeHours);
}

function scaleOf(
  company: DemoCompany,
  assignment: DemoAssignment,
  currency: string,
): number {
  const job = company.jobs.find(({ id }) => id === assignment.jobId);
  const euro = scale[job?.level ?? "L3"] ?? 0;
  return ratio(euro, perThousandCents[currency] ?? 1_000, 1_000);
}

function recurringOf(
  company: DemoCompany,
  { employee, employment }: Career,
  assignment: DemoAssignment,
): readonly Recurring[] {
  const job = company.jobs.find(({ id }) => id === assignment.jobId);
  const recurring: Recurring[] = [];
  if (employee.legalEntityId === "le_jp")
    recurring.push(fixed("transport", 15_000));
  if (employment.type === "PERMANENT" && employee.legalEntityId !== "le_jp")
    recurring.push(rated("pension", 300), rated("pension_er", 350));
  if (job?.level === "C2") recurring.push(fixed("car", 5_200_000));
  return recurring;
}

export function assignmentOn(
  employment: DemoEmployment,
  day: Day,
): DemoAssignment {
  const found = employment.assignments.findLast(
    ({ effectiveFrom }) => effectiveFrom <= day,
  );
  if (!found) throw new Error("Pay begins with the employment.");
  return found;
}

function hoursOf(
  company: DemoCompany,
  employee: DemoEmployee,
  assignment: DemoAssignment,
): Hours {
  const fullTimeHours = entityOf(company, employee).fullTimeHoursHundredths;
  return { weeklyHours: assignment.weeklyHoursHundredths, fullTimeHours };
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
