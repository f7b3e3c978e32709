import type { PayrollContext } from "./context.ts";
import { money } from "./money.ts";
import { type PageArguments, pageFor } from "./page.policy.ts";
import type { PayGroup } from "./pay-group.ts";
import type { PayRun, PayRunFilter } from "./pay-run.ts";
import {
  type IssueSeverity,
  type PayRunIssue,
  issueMessage,
} from "./pay-run-issue.ts";

type Reference = { readonly id: string };
type PayRunArguments = PageArguments & { filter?: PayRunFilter | null };
type IssueArguments = PageArguments & { severity?: IssueSeverity | null };
type ComponentArguments = PageArguments & { includeInactive?: boolean | null };

export const payRunResolvers = {
  Query: {
    payGroups: (_: unknown, args: PageArguments, context: PayrollContext) =>
      context.payGroups.page(pageFor(context, args)),
    payComponents: (
      _: unknown,
      { includeInactive, ...args }: ComponentArguments,
      context: PayrollContext,
    ) => context.payComponents.page(!!includeInactive, pageFor(context, args)),
    payRun: (_: unknown, { id }: Reference, { load }: PayrollContext) =>
      load.payRun.load(id),
    payRuns: (
      _: unknown,
      { filter, ...args }: PayRunArguments,
      context: PayrollContext,
    ) => context.payRuns.page(filter ?? {}, pageFor(context, args)),
  },

  PayGroup: {
    __resolveReference: ({ id }: Reference, { load }: PayrollContext) =>
      load.payGroup.load(id),
    legalEntity: ({ legalEntityId }: PayGroup) => ({ id: legalEntityId }),
  },

  /** A name to join by: whoever asks here for one gets nothing, whatever they claim of it. */
  LegalEntity: { __resolveReference: () => null },

  PayComponent: {
    __resolveReference: ({ id }: Reference, { load }: PayrollContext) =>
      load.payComponent.load(id),
  },

  PayRun: {
    __resolveReference: ({ id }: Reference, { load }: PayrollContext) =>
      load.payRun.load(id),
    payGroup: ({ payGroupId }: PayRun, _: unknown, { load }: PayrollContext) =>
      load.payGroup.load(payGroupId),
    progress: ({ id }: PayRun, _: unknown, { load }: PayrollContext) =>
      load.progress.load(id),
    totals: (run: PayRun) => (run.grossMinor === null ? null : run),
    previous: ({ id }: PayRun, _: unknown, { load }: PayrollContext) =>
      load.previous.load(id),
    issues: (
      { id }: PayRun,
      { severity, ...args }: IssueArguments,
      context: PayrollContext,
    ) => context.load.issues(severity ?? null, pageFor(context, args)).load(id),
    payslips: ({ id }: PayRun, args: PageArguments, context: PayrollContext) =>
      context.load.payslipsOfRun(pageFor(context, args)).load(id),
    preparedBy: ({ preparedBy }: PayRun) => ({ id: preparedBy }),
    approvedBy: ({ approvedBy }: PayRun) => approvedBy && { id: approvedBy },
  },

  PayRunTotals: {
    gross: (run: PayRun) => total(run, run.grossMinor),
    deductions: (run: PayRun) => total(run, run.deductionsMinor),
    taxes: (run: PayRun) => total(run, run.taxesMinor),
    net: (run: PayRun) => total(run, run.netMinor),
    employerCost: (run: PayRun) => total(run, run.employerCostMinor),
  },

  PayRunIssue: {
    message: (
      { code }: PayRunIssue,
      _: unknown,
      { language }: PayrollContext,
    ) => issueMessage(code, language),
    employee: ({ employeeId }: PayRunIssue) => employeeId && { id: employeeId },
    acknowledgedBy: ({ acknowledgedBy }: PayRunIssue) =>
      acknowledgedBy && { id: acknowledgedBy },
  },
};

function total({ currency }: PayRun, amountMinor: number | null) {
  return amountMinor === null ? null : money(amountMinor, currency);
}
