import { type Compensation, annualised } from "./compensation.ts";
import type { RecurringRow } from "./compensation.repository.ts";
import type { PayrollContext } from "./context.ts";
import type { Day } from "./days.ts";
import { money } from "./money.ts";
import { type PageArguments, pageFor } from "./page.policy.ts";

type Reference = { readonly id: string };

export const compensationResolvers = {
  Employee: {
    compensation: (
      { id }: Reference,
      { asOf }: { asOf?: Day | null },
      { load }: PayrollContext,
    ) => load.inForce(asOf ?? null).load(id),
    compensationHistory: (
      { id }: Reference,
      args: PageArguments,
      context: PayrollContext,
    ) => context.load.history(pageFor(context, args)).load(id),
  },

  Compensation: {
    __resolveReference: ({ id }: Reference, { load }: PayrollContext) =>
      load.compensation.load(id),
    employee: ({ employeeId }: Compensation) => ({ id: employeeId }),
    base: (row: Compensation) => money(row.baseMinor, row.currency),
    annualised: (row: Compensation) => money(annualised(row), row.currency),
    recurring: ({ id }: Compensation, _: unknown, { load }: PayrollContext) =>
      load.recurring.load(id),
    createdBy: ({ createdBy }: Compensation) => createdBy && { id: createdBy },
  },

  RecurringComponent: {
    component: (
      { componentId }: RecurringRow,
      _: unknown,
      { load }: PayrollContext,
    ) => load.payComponent.load(componentId),
    amount: ({ amountMinor, currency }: RecurringRow) =>
      amountMinor === null ? null : money(amountMinor, currency),
  },
};
