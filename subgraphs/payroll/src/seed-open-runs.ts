import type { DemoCompany } from "@hr/demo";
import { firstOfMonth, lastOfMonth } from "./days.ts";
import {
  personWithNewAccount,
  personWithoutAccount,
} from "./seed-bank-accounts.ts";
import { payOf, personPaidLate, personWithoutPay } from "./seed-pay.ts";
import {
  type SeedRun,
  blocker,
  monthOf,
  noTaxLines,
  warning,
} from "./seed-runs.ts";
import {
  type SeedLine,
  basePaid,
  line,
  regularLines,
  slip,
} from "./seed-slips.ts";

/** This month's run of every group, each in another state. */
export function openRuns(company: DemoCompany): readonly SeedRun[] {
  const { eur, gbp, jpy, usd, kwd } = monthOf(company, 0);
  return [
    {
      ...eur,
      status: "CALCULATED",
      slips: eur.slips.map((one) =>
        one.employee.id === personPaidLate
          ? slip(one.employee, [...one.lines, ...backPay(company, eur)])
          : one,
      ),
      issues: [
        noTaxLines,
        warning("RETROACTIVE", personPaidLate),
        warning("BANK_ACCOUNT_CHANGED", personWithNewAccount),
      ],
    },
    {
      ...gbp,
      status: "CALCULATED",
      issues: [blocker("NO_COMPENSATION", personWithoutPay), noTaxLines],
    },
    {
      ...jpy,
      status: "APPROVED",
      issues: [noTaxLines, warning("NO_BANK_ACCOUNT", personWithoutAccount)],
    },
    { ...usd, status: "CALCULATED", preparedBy: "emp_amir" },
    {
      ...kwd,
      status: "FAILED",
      slips: [],
      issues: [blocker("CALCULATION_FAILED")],
    },
  ];
}

/** One line for each month already paid: what is due now less what was paid. */
function backPay(company: DemoCompany, run: SeedRun): readonly SeedLine[] {
  return [-2, -1].map((months) => {
    const from = firstOfMonth(run.period.from, months);
    const period = { from, to: lastOfMonth(from) };
    const baseAsKnown = (knownOn: string) => {
      const pay = payOf(company, knownOn).get(personPaidLate) ?? [];
      return basePaid(regularLines(pay, run.group, period));
    };
    const owed = baseAsKnown(company.today) - baseAsKnown(period.to);
    return line("back_pay", owed, `Back pay ${from.slice(0, 7)}`);
  });
}
