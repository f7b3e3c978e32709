import type { Database } from "@hr/database";
import type { Caller, Context } from "@hr/service";
import { bankAccountRepository } from "./bank-account.repository.ts";
import { compensationRepository } from "./compensation.repository.ts";
import type { Day } from "./days.ts";
import { manyEach, memoised, oneEach } from "./loaders.ts";
import { payComponentRepository } from "./pay-component.repository.ts";
import { payGroupRepository } from "./pay-group.repository.ts";
import { payRunRepository } from "./pay-run.repository.ts";
import { payslipRepository } from "./payslip.repository.ts";
import type { Tables } from "./tables.ts";

/** Made for one request: what it loads was loaded for its caller. */
export type Own = ReturnType<typeof payrollContext>;
export type PayrollContext = Context<Own>;

export function payrollContext(database: Database<Tables>, caller: Caller) {
  const compensations = compensationRepository(database, {
    reach: caller.reach("payroll:compensation:read"),
    now: caller.now(),
  });
  const payslips = payslipRepository(
    database,
    caller.reach("payroll:payslip:read"),
  );
  const accounts = bankAccountRepository(
    database,
    caller.reach("payroll:bank:read"),
  );
  const payRuns = payRunRepository(database);
  const payGroups = payGroupRepository(database);
  const payComponents = payComponentRepository(database);
  return {
    payslips,
    payRuns,
    payGroups,
    payComponents,
    load: {
      compensation: oneEach(compensations.findMany, ({ id }) => id),
      inForce: memoised((asOf: Day | null) =>
        oneEach(
          (employees) => compensations.findInForce(employees, asOf),
          ({ employeeId }) => employeeId,
        ),
      ),
      history: memoised(compensations.histories),
      recurring: manyEach(
        compensations.findRecurring,
        ({ compensationId }) => compensationId,
      ),
      bankAccount: oneEach(accounts.findNewest, ({ employeeId }) => employeeId),
      payslip: oneEach(payslips.findMany, ({ id }) => id),
      payslipsOfEmployee: memoised(payslips.ofEmployees),
      payslipsOfRun: memoised(payslips.ofRuns),
      lines: manyEach(payslips.findLines, ({ payslipId }) => payslipId),
      yearToDate: oneEach(
        payslips.findYearsToDate,
        ({ payslipId }) => payslipId,
      ),
      payRun: oneEach(payRuns.findMany, ({ id }) => id),
      previous: oneEach(payRuns.findPrevious, ({ before }) => before),
      progress: oneEach(payRuns.findProgress, ({ runId }) => runId),
      issues: memoised(payRuns.issuesOf),
      payGroup: oneEach(payGroups.findMany, ({ id }) => id),
      payGroupOfEmployee: oneEach(
        payGroups.findOfEmployees,
        ({ employeeId }) => employeeId,
      ),
      payComponent: oneEach(payComponents.findMany, ({ id }) => id),
    },
  };
}
