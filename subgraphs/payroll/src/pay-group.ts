import type { PayFrequency } from "./pay-period.ts";

/** People paid together: same legal entity, currency and calendar. */
export type PayGroup = {
  readonly id: string;
  readonly name: string;
  readonly legalEntityId: string;
  readonly frequency: PayFrequency;
  readonly currency: string;
};
