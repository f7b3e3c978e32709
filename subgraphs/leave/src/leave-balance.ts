import { type Day, addMonths } from "./dates.ts";
import type { LeaveType } from "./leave-type.ts";

export type LedgerKind =
  | "GRANT"
  | "ACCRUAL"
  | "CARRY_OVER"
  | "EXPIRY"
  | "USAGE"
  | "USAGE_REVERSAL"
  | "ADJUSTMENT"
  | "PAYOUT";

/** All amounts are hundredths of a day. */
export type Entry = {
  readonly kind: LedgerKind;
  readonly amount: number;
  readonly effectiveOn: Day;
};

export type ReservedDay = {
  readonly date: Day;
  readonly charged: number;
  readonly status: "PENDING" | "APPROVED";
};

/**
 * What one person has of one type with a limit. Days used are taken from the
 * requests, whose bookings (USAGE) say the same in the ledger.
 */
export type Account = {
  readonly employeeId: string;
  readonly leaveType: LeaveType;
  /** Booked and due: a row dated ahead counts from its date on. */
  readonly entries: readonly Entry[];
  readonly days: readonly ReservedDay[];
  /** `03-31`, or null: what was carried over is kept. */
  readonly carryOverExpires: string | null;
};

export type Balance = {
  readonly employeeId: string;
  readonly leaveType: LeaveType;
  readonly asOf: Day;
  readonly periodStart: Day;
  readonly periodEnd: Day;
  readonly entitled: number;
  readonly carriedOver: number;
  readonly carriedOverExpiresOn: Day | null;
  readonly adjusted: number;
  readonly taken: number;
  readonly scheduled: number;
  readonly pending: number;
  readonly expired: number;
  readonly available: number;
  readonly accruesNext: { readonly on: Day; readonly amount: number } | null;
};

export type Shortfall = {
  readonly requested: number;
  readonly available: number;
  readonly earliestPossible: Day | null;
};

/** L3, on any date: the parts add up to what is available. */
export function balanceOn(account: Account, asOf: Day): Balance {
  const period = periodOf(asOf);
  const parts = grantedBy(account, asOf);
  const used = (status: ReservedDay["status"], from: Day, to: Day) =>
    sumOf(
      account.days
        .filter((day) => day.status === status)
        .filter(({ date }) => from <= date && date <= to)
        .map(({ charged }) => charged),
    );
  const taken = used("APPROVED", period.start, asOf);
  const scheduled = used("APPROVED", period.start, period.end) - taken;
  const pending = used("PENDING", period.start, period.end);
  return {
    employeeId: account.employeeId,
    leaveType: account.leaveType,
    ...{ asOf, periodStart: period.start, periodEnd: period.end },
    ...parts,
    ...{ taken, scheduled, pending },
    available: netOf(parts) - taken - scheduled - pending,
    accruesNext: nextAccrual(account, asOf),
  };
}

/**
 * L13: on no day from the first requested one to the end of each leave period
 * touched may the running balance fall below the type's limit.
 * @returns figures of the first period that falls short, else null.
 */
export function shortfallOf(
  account: Account,
  requested: readonly { readonly date: Day; readonly charged: number }[],
): Shortfall | null {
  const charged = requested.filter((day) => day.charged > 0);
  const used = charged.map((day) => ({ ...day, status: "PENDING" as const }));
  const after = { ...account, days: [...account.days, ...used] };
  const floor = -account.leaveType.negativeLimit;
  const firsts = charged.filter(
    ({ date }, index) =>
      periodOf(date).start > (charged[index - 1]?.date ?? ""),
  );
  for (const { date } of firsts) {
    if (lowestFrom(after, date) >= floor) continue;
    const { end } = periodOf(date);
    const within = charged.filter((day) => date <= day.date && day.date <= end);
    const days = sumOf(within.map((day) => day.charged));
    return {
      requested: days,
      available: lowestFrom(account, date),
      earliestPossible: firstDayFor(account, days + floor, date),
    };
  }
  return null;
}

/** The calendar year. */
export function periodOf(day: Day): { readonly start: Day; readonly end: Day } {
  const year = day.slice(0, 4);
  return { start: `${year}-01-01`, end: `${year}-12-31` };
}

type Granted = Pick<
  Balance,
  "entitled" | "carriedOver" | "carriedOverExpiresOn" | "adjusted" | "expired"
>;

function grantedBy(account: Account, asOf: Day): Granted {
  const { start, end } = periodOf(asOf);
  const booked = (kinds: readonly LedgerKind[], to: Day = asOf) =>
    sumOf(
      account.entries
        .filter(({ kind }) => kinds.includes(kind))
        .filter(({ effectiveOn: on }) => start <= on && on <= to)
        .map(({ amount }) => amount),
    );
  // The other half of a carry-over is dated on the last day of its period.
  const carriedOver = booked(["CARRY_OVER"], start);
  const carriedOverExpiresOn =
    account.carryOverExpires !== null && carriedOver > 0
      ? `${start.slice(0, 4)}-${account.carryOverExpires}`
      : null;
  const expired = account.entries.some(
    ({ kind, effectiveOn: on }) =>
      kind === "EXPIRY" && start <= on && on <= end,
  )
    ? -booked(["EXPIRY"])
    : expiredUnbooked(account, { asOf, carriedOver, carriedOverExpiresOn });
  return {
    ...{ carriedOver, carriedOverExpiresOn, expired },
    entitled: booked(["GRANT", "ACCRUAL"]),
    adjusted: booked(["ADJUSTMENT", "PAYOUT"]),
  };
}

/** L6: carried days are used first; what is left of them on the day is lost. */
function expiredUnbooked(
  account: Account,
  carry: Pick<Granted, "carriedOver" | "carriedOverExpiresOn"> & {
    readonly asOf: Day;
  },
): number {
  const on = carry.carriedOverExpiresOn;
  if (on === null || carry.asOf < on) return 0;
  return Math.max(0, carry.carriedOver - usedBy(account, on));
}

function netOf(parts: Granted): number {
  return parts.entitled + parts.carriedOver + parts.adjusted - parts.expired;
}

/** Days dated in the period up to a day, decided or not. */
function usedBy(account: Account, day: Day): number {
  const { start } = periodOf(day);
  return sumOf(
    account.days
      .filter(({ date }) => start <= date && date <= day)
      .map(({ charged }) => charged),
  );
}

/** The lowest running balance from a day to the end of its period. */
function lowestFrom(account: Account, from: Day): number {
  const { start, end } = periodOf(from);
  const turns = [
    from,
    ...account.days.map(({ date }) => date),
    ...account.entries.map(({ effectiveOn }) => effectiveOn),
    `${start.slice(0, 4)}-${account.carryOverExpires ?? "01-01"}`,
  ].filter((day) => from <= day && day <= end);
  return Math.min(
    ...turns.map(
      (day) => netOf(grantedBy(account, day)) - usedBy(account, day),
    ),
  );
}

/** What is left only ever rises on the date of an entry. */
function firstDayFor(account: Account, needed: number, after: Day): Day | null {
  const rises = account.entries
    .map(({ effectiveOn }) => effectiveOn)
    .filter((day) => day > after && day <= periodOf(addMonths(after, 12)).end)
    .sort();
  return rises.find((day) => lowestFrom(account, day) >= needed) ?? null;
}

function nextAccrual(account: Account, asOf: Day): Balance["accruesNext"] {
  const ahead = account.entries
    .filter(({ kind, effectiveOn }) => kind === "ACCRUAL" && effectiveOn > asOf)
    .sort((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1));
  const next = ahead[0];
  return next ? { on: next.effectiveOn, amount: next.amount } : null;
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
