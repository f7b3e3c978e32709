import { type Day, addDays, midnight } from "./days.ts";
import { sum } from "./money.ts";
import type { Totals } from "./payslip.ts";
import { type SeedRun, slipId } from "./seed-runs.ts";
import type { SeedSlip } from "./seed-slips.ts";
import type { Rows } from "./tables.ts";

export function runRows(today: Day, runs: readonly SeedRun[]): Rows {
  return {
    pay_run: runs.map((run) => runRow(today, run)),
    pay_run_progress: runs
      .filter(({ status }) => status === "FAILED")
      .map(({ id, headcount }) => ({
        run_id: id,
        done: 0,
        total: headcount,
        started_at: midnight(today),
      })),
    pay_run_issue: runs.flatMap((run) =>
      run.issues.map((issue, index) => ({
        id: `iss_${run.id.slice("run_".length)}_${index + 1}`,
        run_id: run.id,
        severity: issue.severity,
        code: issue.code,
        employee_id: issue.employeeId,
        acknowledged_by: isApproved(run) ? run.preparedBy : null,
      })),
    ),
  };
}

/** Slips are written as drafts, since a finalised one takes no line any more. */
export function slipRows(runs: readonly SeedRun[]): Rows {
  return {
    payslip: runs.flatMap((run) => run.slips.map((slip) => slipRow(run, slip))),
    payslip_line: runs.flatMap((run) =>
      run.slips.flatMap((slip) => lineRows(run, slip)),
    ),
  };
}

function runRow(today: Day, run: SeedRun) {
  const { id, number, kind, status, headcount } = run;
  const totals = run.slips.length > 0 ? totalsOfRun(run.slips) : null;
  const threeDaysBefore = addDays(run.payDate, -3);
  const decidedOn = threeDaysBefore < today ? threeDaysBefore : today;
  const finalised = status === "FINALISED" || status === "PAID";
  return {
    id,
    number,
    kind,
    status,
    headcount,
    pay_group_id: run.group.id,
    period_start: run.period.from,
    period_end: run.period.to,
    pay_date: run.payDate,
    gross_minor: totals?.gross ?? null,
    deductions_minor: totals?.deductions ?? null,
    taxes_minor: totals?.taxes ?? null,
    net_minor: totals?.net ?? null,
    employer_cost_minor: totals?.employerCost ?? null,
    prepared_by: run.preparedBy,
    approved_by: isApproved(run) ? "emp_amir" : null,
    approved_at: isApproved(run) ? midnight(decidedOn) : null,
    finalised_at: finalised ? midnight(decidedOn) : null,
  };
}

function slipRow(run: SeedRun, { employee, totals, correctsId }: SeedSlip) {
  return {
    id: slipId(run, employee.id),
    number: `${run.number}/${employee.employeeNumber}`,
    run_id: run.id,
    employee_id: employee.id,
    period_start: run.period.from,
    period_end: run.period.to,
    pay_date: run.payDate,
    currency: run.group.currency,
    gross_minor: totals.gross,
    deductions_minor: totals.deductions,
    taxes_minor: totals.taxes,
    reimbursements_minor: totals.reimbursements,
    net_minor: totals.net,
    employer_cost_minor: totals.employerCost,
    corrects_id: correctsId,
  };
}

function lineRows(run: SeedRun, { employee, lines }: SeedSlip) {
  return lines.map((line, index) => ({
    payslip_id: slipId(run, employee.id),
    sequence: index + 1,
    component_id: line.component.id,
    label: line.label,
    quantity_hundredths: line.quantityHundredths,
    rate_minor: line.rateMinor,
    amount_minor: line.amountMinor,
  }));
}

function totalsOfRun(slips: readonly SeedSlip[]) {
  const of = (key: keyof Totals) => sum(slips.map(({ totals }) => totals[key]));
  return {
    gross: of("gross"),
    deductions: of("deductions"),
    taxes: of("taxes"),
    net: of("net"),
    employerCost: of("employerCost"),
  };
}

function isApproved({ status }: SeedRun): boolean {
  return ["APPROVED", "FINALISED", "PAID"].includes(status);
}
