import { BadInput } from "@hr/service";
import { type PayslipFilter, filterFault } from "./payslip.ts";

/** @throws BadInput for a filter that would read through everybody's payslips. */
export function demandBoundedFilter(filter: PayslipFilter): void {
  const fault = filterFault(filter);
  if (fault) throw new BadInput("filter", fault);
}

/** @throws BadInput for a year no pay date can lie in. */
export function demandYear(year: number | null): void {
  if (year !== null && (year < 1 || year > 9_999))
    throw new BadInput("year", "must be from 1 to 9999");
}
