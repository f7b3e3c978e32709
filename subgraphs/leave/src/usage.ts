import type { Kysely } from "kysely";
import type { Day } from "./dates.ts";
import { periodOf } from "./leave-balance.ts";
import { type Booking, book } from "./leave-balance.repository.ts";
import { type LeaveDay, chargeOf } from "./leave-day.ts";
import type { Tables } from "./tables.ts";

export type Use = {
  readonly request: {
    readonly id: string;
    readonly employeeId: string;
    readonly leaveTypeId: string;
    /** Of the request when it was approved. */
    readonly version: number;
  };
  readonly breakdown: readonly LeaveDay[];
  readonly now: Date;
  readonly bookedBy: string | null;
  readonly note?: string | null;
};

/** Takes the days of an approved request out of the account, leave period by leave period. */
export function bookUsage(
  transaction: Kysely<Tables>,
  use: Use,
): Promise<void> {
  return book(transaction, bookingsOf(use, "USAGE"), use.now);
}

/** Gives every day back (L18). */
export function reverseUsage(
  transaction: Kysely<Tables>,
  use: Use,
): Promise<void> {
  return book(transaction, bookingsOf(use, "USAGE_REVERSAL"), use.now);
}

/** One booking for each period touched, dated on its first charged day. */
export function bookingsOf(
  { request, breakdown, bookedBy, note }: Omit<Use, "now">,
  kind: "USAGE" | "USAGE_REVERSAL",
): readonly Booking[] {
  const charged = breakdown.filter((day) => day.charged > 0);
  const periods = Map.groupBy(charged, ({ date }) => periodOf(date).start);
  return [...periods].map(([start, days]) => ({
    employeeId: request.employeeId,
    leaveTypeId: request.leaveTypeId,
    kind,
    amount: kind === "USAGE" ? -chargeOf(days) : chargeOf(days),
    effectiveOn: firstOf(days, start),
    sourceKey: [
      kind.toLowerCase().replace("_", "-"),
      request.id,
      start.slice(0, 4),
      request.version,
    ].join(":"),
    requestId: request.id,
    note: note ?? null,
    createdBy: bookedBy,
  }));
}

function firstOf(days: readonly LeaveDay[], start: Day): Day {
  return days[0]?.date ?? start;
}
