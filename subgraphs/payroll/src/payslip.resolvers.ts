import type { PayrollContext } from "./context.ts";
import { money } from "./money.ts";
import { type PageArguments, pageFor } from "./page.policy.ts";
import { demandBoundedFilter, demandYear } from "./payslip.policy.ts";
import type { YearToDate } from "./payslip.repository.ts";
import type { Payslip, PayslipFilter, PayslipLine } from "./payslip.ts";

type Reference = { readonly id: string };

export const payslipResolvers = {
  Query: {
    payslip: (_: unknown, { id }: Reference, { load }: PayrollContext) =>
      load.payslip.load(id),
    payslips(
      _: unknown,
      { filter, ...args }: PageArguments & { filter: PayslipFilter },
      context: PayrollContext,
    ) {
      demandBoundedFilter(filter);
      return context.payslips.page(filter, pageFor(context, args));
    },
  },

  Employee: {
    __resolveReference: ({ id }: Reference) => ({ id }),
    payslips(
      { id }: Reference,
      { year = null, ...args }: PageArguments & { year?: number | null },
      context: PayrollContext,
    ) {
      demandYear(year);
      const page = pageFor(context, args);
      return context.load.payslipsOfEmployee(year, page).load(id);
    },
    payGroup: ({ id }: Reference, _: unknown, { load }: PayrollContext) =>
      load.payGroupOfEmployee.load(id),
  },

  Payslip: {
    __resolveReference: ({ id }: Reference, { load }: PayrollContext) =>
      load.payslip.load(id),
    employee: ({ employeeId }: Payslip) => ({ id: employeeId }),
    payRun: ({ runId }: Payslip, _: unknown, { load }: PayrollContext) =>
      load.payRun.load(runId),
    gross: (slip: Payslip) => money(slip.grossMinor, slip.currency),
    net: (slip: Payslip) => money(slip.netMinor, slip.currency),
    lines: ({ id }: Payslip, _: unknown, { load }: PayrollContext) =>
      load.lines.load(id),
    yearToDate: ({ id }: Payslip, _: unknown, { load }: PayrollContext) =>
      load.yearToDate.load(id),
    corrects: ({ correctsId }: Payslip, _: unknown, { load }: PayrollContext) =>
      correctsId && load.payslip.load(correctsId),
  },

  PayslipLine: {
    component: (
      { componentId }: PayslipLine,
      _: unknown,
      { load }: PayrollContext,
    ) => load.payComponent.load(componentId),
    quantity: ({ quantityHundredths }: PayslipLine) =>
      quantityHundredths === null ? null : quantityHundredths / 100,
    rate: ({ rateMinor, currency }: PayslipLine) =>
      rateMinor === null ? null : money(rateMinor, currency),
    amount: ({ amountMinor, currency }: PayslipLine) =>
      money(amountMinor, currency),
  },

  PayslipYearToDate: {
    gross: (sum: YearToDate) => money(sum.grossMinor, sum.currency),
    taxes: (sum: YearToDate) => money(sum.taxesMinor, sum.currency),
    net: (sum: YearToDate) => money(sum.netMinor, sum.currency),
  },
};
