import type { OperationSize } from "@hr/access";

/** The most of each that an operation may hold, fragments expanded. */
export type Limits = OperationSize;

export const standardLimits: Limits = {
  selections: 10_000,
  depth: 20,
  rootFields: 30,
  aliases: 100,
  directives: 500,
};

/** What an operation may cost, and how that is reckoned. */
export type CostSettings = {
  readonly limit: number;
  /** How long a list is taken to be where the schema does not say. */
  readonly listSize: number;
};

export const standardCost: CostSettings = { limit: 20_000, listSize: 10 };
