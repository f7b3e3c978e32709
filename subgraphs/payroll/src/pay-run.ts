import type { Day } from "./days.ts";

export type PayRunKind =
  "REGULAR" | "OFF_CYCLE" | "BONUS" | "CORRECTION" | "FINAL_SETTLEMENT";

export type PayRunStatus =
  | "DRAFT"
  | "CALCULATING"
  | "CALCULATED"
  | "APPROVED"
  | "FINALISED"
  | "PAID"
  | "CANCELLED"
  | "FAILED";

export type PayRun = {
  readonly id: string;
  readonly number: string;
  readonly payGroupId: string;
  readonly currency: string;
  readonly kind: PayRunKind;
  readonly periodStart: Day;
  readonly periodEnd: Day;
  readonly payDate: Day;
  readonly status: PayRunStatus;
  readonly version: number;
  readonly headcount: number;
  /** Null, all five, until calculated. */
  readonly grossMinor: number | null;
  readonly deductionsMinor: number | null;
  readonly taxesMinor: number | null;
  readonly netMinor: number | null;
  readonly employerCostMinor: number | null;
  readonly preparedBy: string;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly finalisedAt: Date | null;
};

export type PayRunProgress = {
  readonly runId: string;
  readonly done: number;
  readonly total: number;
  readonly startedAt: Date;
};

export type PayRunFilter = {
  readonly payGroupId?: string | null;
  readonly status?: readonly PayRunStatus[] | null;
  readonly kind?: readonly PayRunKind[] | null;
  readonly payDateFrom?: Day | null;
  readonly payDateTo?: Day | null;
};
