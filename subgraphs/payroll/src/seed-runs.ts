import type { DemoCompany } from "@hr/demo";
import { type Day, type Days, firstOfMonth, lastOfMonth } from "./days.ts";
import type { PayGroup } from "./pay-group.ts";
import type { IssueCode, IssueSeverity } from "./pay-run-issue.ts";
import type { PayRunKind, PayRunStatus } from "./pay-run.ts";
import { payOf } from "./seed-pay.ts";
import { type SeedSlip, peopleOf, regularLines, slip } from "./seed-slips.ts";

export type SeedRun = {
  readonly id: string;
  readonly number: string;
  readonly group: PayGroup;
  readonly kind: PayRunKind;
  readonly period: Days;
  readonly payDate: Day;
  readonly status: PayRunStatus;
  readonly headcount: number;
  readonly preparedBy: string;
  readonly slips: readonly SeedSlip[];
  readonly issues: readonly SeedIssue[];
};

export type SeedIssue = {
  readonly severity: IssueSeverity;
  readonly code: IssueCode;
  readonly employeeId: string | null;
};

const monthsBack = 24;

const payGroups = {
  eur: group("EUR", "Germany, monthly", "le_de"),
  gbp: group("GBP", "United Kingdom, monthly", "le_gb"),
  jpy: group("JPY", "Japan, monthly", "le_jp"),
  usd: group("USD", "Germany, paid in US dollars", "le_de"),
  kwd: group("KWD", "Germany, paid in Kuwaiti dinars", "le_de"),
};

export const allPayGroups: readonly PayGroup[] = Object.values(payGroups);

/** One regular run of each pay group. */
export type Month = Readonly<Record<keyof typeof payGroups, SeedRun>>;

/** The paid runs of the last 24 months, oldest first. */
export function pastMonths(company: DemoCompany): readonly Month[] {
  return Array.from({ length: monthsBack }, (_, index) =>
    monthOf(company, index - monthsBack),
  );
}

/** The month so many months away, paid by what was known at its end. */
export function monthOf(company: DemoCompany, months: number): Month {
  const from = firstOfMonth(company.today, months);
  const period = { from, to: lastOfMonth(from) };
  const knownOn = months < 0 ? period.to : company.today;
  const pay = payOf(company, knownOn);
  const runOf = (of: PayGroup): SeedRun => {
    const people = peopleOf(company, of, period);
    const month = from.slice(0, 7).replace("-", "");
    return {
      id: `run_${of.currency.toLowerCase()}_${month}`,
      number: `${of.currency}-${month}`,
      group: of,
      kind: "REGULAR",
      period,
      payDate: period.to,
      status: "PAID",
      headcount: people.length,
      preparedBy: "emp_pam",
      slips: people.flatMap((employee) => {
        const lines = regularLines(pay.get(employee.id) ?? [], of, period);
        return lines.length > 0 ? [slip(employee, lines)] : [];
      }),
      issues: [noTaxLines],
    };
  };
  return {
    eur: runOf(payGroups.eur),
    gbp: runOf(payGroups.gbp),
    jpy: runOf(payGroups.jpy),
    usd: runOf(payGroups.usd),
    kwd: runOf(payGroups.kwd),
  };
}

export const noTaxLines: SeedIssue = warning("NO_TAX_LINES");

export function warning(
  code: IssueCode,
  employeeId: string | null = null,
): SeedIssue {
  return { severity: "WARNING", code, employeeId };
}

export function blocker(
  code: IssueCode,
  employeeId: string | null = null,
): SeedIssue {
  return { severity: "BLOCKER", code, employeeId };
}

export function slipId(run: Pick<SeedRun, "id">, employeeId: string): string {
  return `psl_${run.id.slice("run_".length)}_${employeeId.slice("emp_".length)}`;
}

function group(
  currency: string,
  name: string,
  legalEntityId: string,
): PayGroup {
  const id = `grp_${currency.toLowerCase()}`;
  return { id, name, legalEntityId, frequency: "MONTHLY", currency };
}
