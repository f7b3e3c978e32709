import type { DemoCompany } from "@hr/demo";
import { addDays, firstOfMonth, lastOfMonth } from "./days.ts";
import { split } from "./money.ts";
import { payOf } from "./seed-pay.ts";
import { type Month, type SeedRun, noTaxLines, slipId } from "./seed-runs.ts";
import { baseOf, line, slip } from "./seed-slips.ts";

/** One run of every other kind and state. */
export function specialRuns(
  company: DemoCompany,
  lastMonth: Month,
): readonly SeedRun[] {
  const { today } = company;
  const offCycle: SeedRun = {
    ...lastMonth.eur,
    kind: "OFF_CYCLE",
    period: { from: firstOfMonth(today), to: lastOfMonth(today) },
    payDate: addDays(today, 5),
    headcount: 1,
    slips: [],
    issues: [],
  };
  return [
    bonusRun(company, lastMonth, offCycle),
    correctionRun(company, lastMonth, offCycle),
    {
      ...offCycle,
      id: "run_gbp_draft",
      number: "GBP-OFF-1",
      group: lastMonth.gbp.group,
      status: "DRAFT",
    },
    {
      ...offCycle,
      id: "run_eur_cancelled",
      number: "EUR-OFF-1",
      status: "CANCELLED",
    },
  ];
}

/** A pool for everyone paid last month, by their base pay, shared out to the last cent. */
function bonusRun(company: DemoCompany, { eur }: Month, run: SeedRun): SeedRun {
  const pay = payOf(company, eur.period.to);
  const people = eur.slips.map(({ employee }) => employee);
  const weights = people.map(({ id }) => {
    const latest = pay.get(id)?.at(-1);
    return latest ? baseOf(latest, eur.group) : 0;
  });
  const shares = split(2_500_000, weights);
  return {
    ...run,
    id: "run_eur_bonus",
    number: "EUR-BONUS",
    kind: "BONUS",
    status: "FINALISED",
    headcount: people.length,
    slips: people.map((employee, index) =>
      slip(employee, [line("bonus", shares[index] ?? 0)]),
    ),
    issues: [noTaxLines],
  };
}

/** Last month one person was paid too much base, and neither overtime nor a journey. */
function correctionRun(
  company: DemoCompany,
  { eur }: Month,
  run: SeedRun,
): SeedRun {
  const overtime = { quantityHundredths: 650, rateMinor: 3_200 };
  const lines = [
    line("base", -15_000),
    { ...line("overtime", 20_800), ...overtime },
    line("pension", -450),
    line("travel", 8_420),
  ];
  return {
    ...run,
    id: "run_eur_correction",
    number: "EUR-CORRECTION",
    kind: "CORRECTION",
    status: "PAID",
    period: eur.period,
    payDate: company.today,
    slips: eur.slips
      .filter(({ employee }) => employee.id === "emp_0012")
      .map(({ employee }) => slip(employee, lines, slipId(eur, employee.id))),
    issues: [noTaxLines],
  };
}
