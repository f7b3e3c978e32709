import { describe, expect, test } from "@jest/globals";
import { closingEntries } from "./carry-over.ts";
import { addDays, eachDay } from "./dates.ts";
import {
  type Account,
  type ReservedDay,
  balanceOn,
  shortfallOf,
} from "./leave-balance.ts";
import { seededTypes } from "./seed-types.ts";

const [annual] = seededTypes;
if (!annual) throw new Error("There is annual leave.");

const ada: Account = {
  employeeId: "emp_ada",
  leaveType: annual,
  entries: [
    { kind: "GRANT", amount: 2500, effectiveOn: "2026-01-01" },
    { kind: "CARRY_OVER", amount: -300, effectiveOn: "2025-12-31" },
    { kind: "CARRY_OVER", amount: 300, effectiveOn: "2026-01-01" },
    { kind: "ADJUSTMENT", amount: 50, effectiveOn: "2026-02-10" },
    { kind: "GRANT", amount: 2500, effectiveOn: "2027-01-01" },
  ],
  days: [
    ...days("2026-03-02", 1, "APPROVED"),
    ...days("2026-07-06", 5, "APPROVED"),
    ...days("2026-08-03", 2, "PENDING"),
  ],
  carryOverExpires: "03-31",
};

describe("a balance (L3)", () => {
  test("says where each day went", () => {
    expect(balanceOn(ada, "2026-07-07")).toEqual({
      employeeId: "emp_ada",
      leaveType: annual,
      asOf: "2026-07-07",
      periodStart: "2026-01-01",
      periodEnd: "2026-12-31",
      entitled: 2500,
      carriedOver: 300,
      carriedOverExpiresOn: "2026-03-31",
      adjusted: 50,
      taken: 300,
      scheduled: 300,
      pending: 200,
      // One of the three carried days was used before they expired.
      expired: 200,
      available: 1850,
      accruesNext: null,
    });
  });

  test("adds up on every day of two years", () => {
    for (const day of eachDay("2025-12-01", "2027-12-31")) {
      const b = balanceOn(ada, day);
      expect(
        b.entitled +
          b.carriedOver +
          b.adjusted -
          b.taken -
          b.scheduled -
          b.pending -
          b.expired,
      ).toBe(b.available);
    }
  });

  test("does not lose carried days before they expire", () => {
    expect(balanceOn(ada, "2026-03-30").expired).toBe(0);
    expect(balanceOn(ada, "2026-03-31").expired).toBe(200);
  });

  test("is what was booked when the expiry was booked", () => {
    const booked = {
      ...ada,
      entries: [
        ...ada.entries,
        { kind: "EXPIRY", amount: -150, effectiveOn: "2026-03-31" } as const,
      ],
    };
    expect(balanceOn(booked, "2026-07-07").expired).toBe(150);
  });

  test("names the next accrual", () => {
    const entries = [
      { kind: "ACCRUAL", amount: 208, effectiveOn: "2026-05-01" },
      { kind: "ACCRUAL", amount: 209, effectiveOn: "2026-06-01" },
    ] as const;
    const accruing = { ...ada, entries };
    expect(balanceOn(accruing, "2026-05-13")).toMatchObject({
      entitled: 208,
      accruesNext: { on: "2026-06-01", amount: 209 },
    });
    expect(balanceOn(accruing, "2026-06-01")).toMatchObject({
      entitled: 417,
      accruesNext: null,
    });
  });
});

describe("a request against the balance (L13)", () => {
  test("passes when the running balance stays at or above the limit", () => {
    expect(shortfallOf(ada, asked("2026-09-07", 18))).toBeNull();
  });

  test("fails by what later requests have reserved, not only by today's balance", () => {
    // 25.5 days, one used; 2 expire; July and August take 7.
    expect(shortfallOf(ada, asked("2026-06-01", 20))).toEqual({
      requested: 2000,
      available: 1850,
      earliestPossible: "2027-01-01",
    });
  });

  test("may fall below zero as far as the type allows", () => {
    const generous = {
      ...ada,
      leaveType: { ...annual, negativeLimit: 150 },
    };
    expect(shortfallOf(generous, asked("2026-09-07", 20))).toBeNull();
    expect(shortfallOf(generous, asked("2026-09-07", 21))).toMatchObject({
      requested: 2100,
      available: 1850,
    });
  });

  test("is checked per leave period across New Year", () => {
    const across = [...asked("2026-12-28", 4), ...asked("2027-01-04", 26)];
    expect(shortfallOf(ada, across)).toEqual({
      requested: 2600,
      available: 2500,
      earliestPossible: null,
    });
    expect(
      shortfallOf(ada, [...asked("2026-12-28", 4), ...asked("2027-01-04", 25)]),
    ).toBeNull();
  });

  test("counts accruals that fall due before the leave, and says from when it is possible", () => {
    const accruing: Account = {
      ...ada,
      days: [],
      entries: [
        { kind: "ACCRUAL", amount: 200, effectiveOn: "2026-05-01" },
        { kind: "ACCRUAL", amount: 200, effectiveOn: "2026-06-01" },
        { kind: "ACCRUAL", amount: 200, effectiveOn: "2026-07-01" },
      ],
    };
    expect(shortfallOf(accruing, asked("2026-06-08", 4))).toBeNull();
    expect(shortfallOf(accruing, asked("2026-05-18", 4))).toEqual({
      requested: 400,
      available: 200,
      earliestPossible: "2026-06-01",
    });
  });
});

describe("the end of a period (L6)", () => {
  test("carries up to the cap, lets the excess expire and leaves nothing behind", () => {
    const entries = closingEntries(700, 500, 2025);
    expect(
      entries.map((one) => [one.kind, one.amount, one.effectiveOn]),
    ).toEqual([
      ["CARRY_OVER", -500, "2025-12-31"],
      ["CARRY_OVER", 500, "2026-01-01"],
      ["EXPIRY", -200, "2025-12-31"],
    ]);
  });

  test("carries a negative rest whole", () => {
    const entries = closingEntries(-150, 500, 2025);
    expect(entries.map(({ amount }) => amount)).toEqual([150, -150]);
  });

  test("carries everything without a cap, and nothing of nothing", () => {
    expect(closingEntries(900, null, 2025)).toHaveLength(2);
    expect(closingEntries(0, 500, 2025)).toEqual([]);
  });
});

function days(
  from: string,
  count: number,
  status: ReservedDay["status"],
): readonly ReservedDay[] {
  return asked(from, count).map((day) => ({ ...day, status }));
}

function asked(from: string, count: number) {
  return eachDay(from, addDays(from, count - 1)).map((date) => ({
    date,
    charged: 100,
  }));
}
