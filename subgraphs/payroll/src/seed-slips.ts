import type { DemoCompany, DemoEmployee } from "@hr/demo";
import { annualised } from "./compensation.ts";
import { type Days, overlap } from "./days.ts";
import { ratio, sum } from "./money.ts";
import type { PayGroup } from "./pay-group.ts";
import { partOfPeriod, periodBase } from "./pay-period.ts";
import type { PayComponent } from "./pay-component.ts";
import { type Totals, totalsOf } from "./payslip.ts";
import type { SeedPay } from "./seed-pay.ts";
import { currencyOf, payComponents } from "./seed-pay-scale.ts";

export type SeedLine = {
  readonly component: PayComponent;
  readonly label: string;
  readonly quantityHundredths: number | null;
  readonly rateMinor: number | null;
  readonly amountMinor: number;
};

export type SeedSlip = {
  readonly employee: DemoEmployee;
  readonly lines: readonly SeedLine[];
  readonly totals: Totals;
  readonly correctsId: string | null;
};

/** Who belongs to a pay group and is employed on some day of the period, by id. */
export function peopleOf(
  company: DemoCompany,
  group: PayGroup,
  period: Days,
): readonly DemoEmployee[] {
  return company.employees
    .filter(
      (employee) =>
        employee.legalEntityId === group.legalEntityId &&
        currencyOf(company, employee) === group.currency &&
        employee.employments.some(({ hireDate, terminationDate }) =>
          overlap(period, { from: hireDate, to: terminationDate ?? period.to }),
        ),
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The lines of a regular period: every stretch of pay by its calendar days. */
export function regularLines(
  pay: readonly SeedPay[],
  group: PayGroup,
  period: Days,
): readonly SeedLine[] {
  return pay.flatMap((row) => {
    const days = { from: row.from, to: row.to ?? period.to };
    if (!overlap(period, days)) return [];
    const part = (amountMinor: number) =>
      partOfPeriod(amountMinor, period, days);
    const base = part(baseOf(row, group));
    return [
      line("base", base),
      ...row.recurring.map(({ componentId, amountMinor, rateBps }) =>
        line(
          componentId.slice("pco_".length),
          rateBps === null ? part(amountMinor) : ratio(base, rateBps, 10_000),
        ),
      ),
    ];
  });
}

/** What a period's base pay came to, for back pay and variance. */
export function basePaid(lines: readonly SeedLine[]): number {
  return sum(
    lines
      .filter(({ component }) => component.id === "pco_base")
      .map(({ amountMinor }) => amountMinor),
  );
}

/** One period's base pay, whole. */
export function baseOf(row: SeedPay, group: PayGroup): number {
  return periodBase(annualised(row), group.frequency);
}

export function line(
  code: string,
  amountMinor: number,
  label?: string,
): SeedLine {
  const component = payComponents.find(({ id }) => id === `pco_${code}`);
  if (!component) throw new Error("Every line has a component.");
  const units = { quantityHundredths: null, rateMinor: null };
  return { component, label: label ?? component.name, ...units, amountMinor };
}

export function slip(
  employee: DemoEmployee,
  lines: readonly SeedLine[],
  correctsId: string | null = null,
): SeedSlip {
  const amounts = lines.map(({ component, amountMinor }) => ({
    kind: component.kind,
    amountMinor,
  }));
  return { employee, lines, totals: totalsOf(amounts), correctsId };
}
