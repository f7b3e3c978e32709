import type { DemoCompany } from "@hr/demo";
import {
  type Day,
  type Days,
  addDays,
  firstOfMonth,
  lastOfMonth,
} from "./days.ts";
import { split, sum } from "./money.ts";
import type { PayGroup } from "./pay-group.ts";
import type { PayRunKind, PayRunStatus } from "./pay-run.ts";
import type { IssueCode, IssueSeverity } from "./pay-run-issue.ts";
import {
  personWithNewAccount,
  personWithoutAccount,
} from "./seed-bank-accounts.ts";
import {
  type SeedPay,
  payOf,
  personPaidLate,
  personWithoutPay,
} from "./seed-pay.ts";
import {
  type SeedSlip,
  baseOf,
  basePaid,
  line,
  peopleOf,
  regularLines,
  slip,
} from "./seed-slips.ts";

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

export const payGroups: readonly PayGroup[] = [
  group("eur", "Germany, monthly", "le_de"),
  group("gbp", "United Kingdom, monthly", "le_gb"),
  group("jpy", "Japan, monthly", "le_jp"),
  group("usd", "Germany, paid in US dollars", "le_de"),
  group("kwd", "Germany, paid in Kuwaiti dinars", "le_de"),
];
const monthsBack = 24;

/** 24 paid months of every group, this month's run of each in another state, and one run of every other kind. */
export function runsOf(company: DemoCompany): readonly SeedRun[] {
  const first = firstOfMonth(company.today);
  const past = Array.from({ length: monthsBack }, (_, index) => {
    const from = firstOfMonth(first, index - monthsBack);
    const period = { from, to: lastOfMonth(from) };
    const pay = payOf(company, period.to);
    return payGroups.map((one) =>
      regular(company, { group: one, period, pay }),
    );
  }).flat();
  return [...past, ...runsOfThisMonth(company), ...otherRuns(company, past)];
}

export function slipId(run: Pick<SeedRun, "id">, employeeId: string): string {
  return `psl_${run.id.slice("run_".length)}_${employeeId.slice("emp_".length)}`;
}

type Regular = {
  readonly group: PayGroup;
  readonly period: Days;
  readonly pay: ReadonlyMap<string, readonly SeedPay[]>;
};

function regular(
  company: DemoCompany,
  { group: of, period, pay }: Regular,
): SeedRun {
  const people = peopleOf(company, of, period);
  const slips = people.flatMap((employee) => {
    const lines = regularLines(pay.get(employee.id) ?? [], of, period);
    return lines.length > 0 ? [slip(employee, lines)] : [];
  });
  const month = period.from.slice(0, 7).replace("-", "");
  return {
    id: `run_${of.currency.toLowerCase()}_${month}`,
    number: `${of.currency}-${month}`,
    ...{ group: of, kind: "REGULAR", period, payDate: period.to },
    ...{ status: "PAID", headcount: people.length, preparedBy: "emp_pam" },
    slips,
    issues: [noTaxLines],
  };
}

function runsOfThisMonth(company: DemoCompany): readonly SeedRun[] {
  const { today } = company;
  const period = { from: firstOfMonth(today), to: lastOfMonth(today) };
  const pay = payOf(company, today);
  const [eur, gbp, jpy, usd, kwd] = payGroups.map((one) =>
    regular(company, { group: one, period, pay }),
  );
  if (!eur || !gbp || !jpy || !usd || !kwd) return [];
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
      issues: [
        ...[{ severity: "BLOCKER", code: "NO_COMPENSATION" } as const].map(
          (issue) => ({ ...issue, employeeId: personWithoutPay }),
        ),
        noTaxLines,
      ],
    },
    {
      ...jpy,
      status: "APPROVED",
      issues: [noTaxLines, warning("NO_BANK_ACCOUNT", personWithoutAccount)],
    },
    { ...usd, status: "CALCULATED", preparedBy: "emp_amir" },
    {
      ...{ ...kwd, status: "FAILED", slips: [] },
      issues: [
        { severity: "BLOCKER", code: "CALCULATION_FAILED", employeeId: null },
      ],
    },
  ];
}

/** One line for each month already paid: what is due now less what was paid. */
function backPay(company: DemoCompany, run: SeedRun) {
  const due = payOf(company, company.today).get(personPaidLate) ?? [];
  return [-2, -1].flatMap((months) => {
    const from = firstOfMonth(run.period.from, months);
    const period = { from, to: lastOfMonth(from) };
    const paid = payOf(company, period.to).get(personPaidLate) ?? [];
    const owed =
      basePaid(regularLines(due, run.group, period)) -
      basePaid(regularLines(paid, run.group, period));
    return line("back_pay", owed, `Back pay ${from.slice(0, 7)}`);
  });
}

function otherRuns(
  company: DemoCompany,
  past: readonly SeedRun[],
): readonly SeedRun[] {
  const { today } = company;
  const period = { from: firstOfMonth(today), to: lastOfMonth(today) };
  const [eur, gbp] = payGroups;
  if (!eur || !gbp) return [];
  const blank = {
    ...{ group: eur, period, preparedBy: "emp_pam", slips: [], issues: [] },
    payDate: addDays(today, 5),
  };
  return [
    bonusRun(company, past, {
      ...{ ...blank, id: "run_eur_bonus", number: "EUR-BONUS" },
      ...{ kind: "BONUS", status: "FINALISED", headcount: 0 },
    }),
    correctionRun(past, {
      ...{ ...blank, id: "run_eur_correction", number: "EUR-CORRECTION" },
      ...{ kind: "CORRECTION", status: "PAID", headcount: 0, payDate: today },
    }),
    {
      ...{ ...blank, group: gbp, id: "run_gbp_draft", number: "GBP-OFF-1" },
      ...{ kind: "OFF_CYCLE", status: "DRAFT", headcount: 1 },
    },
    {
      ...{ ...blank, id: "run_eur_cancelled", number: "EUR-OFF-1" },
      ...{ kind: "OFF_CYCLE", status: "CANCELLED", headcount: 1 },
    },
  ];
}

/** A pool for everyone paid last month, by their base pay, shared out to the last cent. */
function bonusRun(
  company: DemoCompany,
  past: readonly SeedRun[],
  run: SeedRun,
): SeedRun {
  const earlier = past.findLast(({ group: of }) => of.id === run.group.id);
  const people = peopleOf(company, run.group, run.period).filter(({ id }) =>
    earlier?.slips.some(({ employee }) => employee.id === id),
  );
  const pay = payOf(company, run.period.from);
  const weights = people.map(({ id }) =>
    sum((pay.get(id) ?? []).slice(-1).map((row) => baseOf(row, run.group))),
  );
  const shares = split(2_500_000, weights);
  const slips = people.map((employee, index) =>
    slip(employee, [line("bonus", shares[index] ?? 0)]),
  );
  return { ...run, headcount: slips.length, slips, issues: [noTaxLines] };
}

/** Last month one person was paid too much base and not for overtime and a journey. */
function correctionRun(past: readonly SeedRun[], run: SeedRun): SeedRun {
  const wrong = past.findLast(({ group: of }) => of.id === run.group.id);
  const paid = wrong?.slips.find(({ employee }) => employee.id === "emp_0012");
  if (!wrong || !paid) return run;
  const overtime = { quantityHundredths: 650, rateMinor: 3_200 };
  const lines = [
    line("base", -15_000),
    { ...line("overtime", 20_800), ...overtime },
    line("pension", -450),
    line("travel", 8_420),
  ];
  const corrected = slip(paid.employee, lines, slipId(wrong, paid.employee.id));
  const { period } = wrong;
  return {
    ...run,
    period,
    headcount: 1,
    slips: [corrected],
    issues: [noTaxLines],
  };
}

const noTaxLines: SeedIssue = {
  ...{ severity: "WARNING", code: "NO_TAX_LINES", employeeId: null },
};

function warning(code: IssueCode, employeeId: string): SeedIssue {
  return { severity: "WARNING", code, employeeId };
}

function group(code: string, name: string, legalEntityId: string): PayGroup {
  const currency = code.toUpperCase();
  const id = `grp_${code}`;
  return { id, name, legalEntityId, frequency: "MONTHLY", currency };
}
