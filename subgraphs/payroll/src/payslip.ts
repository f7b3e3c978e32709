import { type Day, countDays } from "./days.ts";
import { sum } from "./money.ts";
import type { PayComponentKind } from "./pay-component.ts";

export type PayslipStatus = "DRAFT" | "FINALISED" | "PAID" | "REVERSED";

export type Payslip = {
  readonly id: string;
  readonly number: string;
  readonly runId: string;
  readonly employeeId: string;
  readonly periodStart: Day;
  readonly periodEnd: Day;
  readonly payDate: Day;
  readonly currency: string;
  readonly grossMinor: number;
  readonly netMinor: number;
  readonly status: PayslipStatus;
  /** The payslip a CORRECTION run's slip puts right. */
  readonly correctsId: string | null;
};

export type PayslipLine = {
  readonly payslipId: string;
  readonly currency: string;
  readonly sequence: number;
  readonly componentId: string;
  readonly label: string;
  readonly quantityHundredths: number | null;
  readonly rateMinor: number | null;
  readonly amountMinor: number;
};

/** What the lines of a slip, or the slips of a run, come to; minor units of one currency. */
export type Totals = {
  readonly gross: number;
  readonly deductions: number;
  readonly taxes: number;
  readonly reimbursements: number;
  readonly net: number;
  readonly employerCost: number;
};

/** The component's kind gives a line its sign; EMPLOYER_COST and INFORMATION do not touch the net. */
export function totalsOf(
  lines: readonly {
    readonly kind: PayComponentKind;
    readonly amountMinor: number;
  }[],
): Totals {
  const of = (kind: PayComponentKind) =>
    sum(lines.filter((line) => line.kind === kind).map((l) => l.amountMinor));
  const gross = of("EARNING");
  const deductions = of("DEDUCTION");
  const taxes = of("TAX");
  const reimbursements = of("REIMBURSEMENT");
  const net = sum([gross, -deductions, -taxes, reimbursements]);
  const employerCost = of("EMPLOYER_COST");
  return { gross, deductions, taxes, reimbursements, net, employerCost };
}

export type PayslipFilter = {
  readonly payRunId?: string | null;
  readonly payDateFrom?: Day | null;
  readonly payDateTo?: Day | null;
  readonly employeeId?: string | null;
  readonly status?: readonly PayslipStatus[] | null;
};

const longestSpan = 400;

/** Why a filter would read too much, or null. */
export function filterFault(filter: PayslipFilter): string | null {
  const { payRunId, employeeId, payDateFrom, payDateTo } = filter;
  if (payRunId || employeeId) return null;
  const span =
    payDateFrom && payDateTo
      ? countDays({ from: payDateFrom, to: payDateTo })
      : Infinity;
  if (span <= longestSpan + 1) return null;
  return `needs payRunId, employeeId, or payDateFrom and payDateTo at most ${longestSpan} days apart`;
}
