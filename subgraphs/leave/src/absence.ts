import type { LeavePeriod } from "./leave-day.ts";

/** Somebody is away. Every absence looks alike: nothing here says why (L21). */
export type Absence = LeavePeriod & {
  readonly id: string;
  readonly employeeId: string;
};

/** Days a calendar may show at once. */
export const maximumWindow = 92;
