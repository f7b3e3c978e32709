export type LeaveType = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly color: string;
  readonly paid: "PAID" | "UNPAID" | "PARTIAL";
  readonly requiresApproval: boolean;
  readonly requiresNote: boolean;
  readonly certificateAfterDays: number | null;
  readonly allowsHalfDays: boolean;
  /** Hundredths of a day, not negative. */
  readonly negativeLimit: number;
  readonly confidential: boolean;
  readonly active: boolean;
};

/** What a type grants in one country. */
export type LeavePolicy = {
  /** YEARLY is granted at once, MONTHLY accrues, EARNED is booked by hand. */
  readonly entitlement: "YEARLY" | "MONTHLY" | "EARNED" | "UNLIMITED";
  /** Hundredths of a day for a full year of five-day weeks. */
  readonly annualDays: number;
  /** Most that is carried into the next period, hundredths; null: everything. */
  readonly carryOverCap: number | null;
  /** `03-31`: what was carried over is lost after it. Null: kept. */
  readonly carryOverExpires: string | null;
  readonly eligibleAfterMonths: number;
  readonly noticeDays: number;
  /** Calendar days of one request. */
  readonly maxConsecutiveDays: number | null;
};
