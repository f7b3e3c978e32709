import { describe, expect, test } from "@jest/globals";
import { type Employment, dueEntries } from "./accrual.ts";

const monthly = { entitlement: "MONTHLY", annualDays: 2500 } as const;
const yearly = { ...monthly, entitlement: "YEARLY" } as const;
const fullWeek = [100, 100, 100, 100, 100, 0, 0];
const none = new Map<string, number>();

describe("a monthly accrual (L4)", () => {
  test("adds up to exactly 25 days, never drifting by more than the rounding", () => {
    const amounts = amountsOf(
      dueEntries(monthly, employed(fullWeek), 2026, none),
    );
    expect(amounts.slice(0, 6)).toEqual([208, 209, 208, 208, 209, 208]);
    expect(sumOf(amounts)).toBe(2500);
  });

  test("is posted on the first of each month under a key of its own", () => {
    const due = dueEntries(monthly, employed(fullWeek), 2026, none);
    expect(due[2]).toEqual({
      kind: "ACCRUAL",
      amount: 208,
      effectiveOn: "2026-03-01",
      sourceKey: "accrual:2026-03",
    });
  });

  test("takes what was booked before into account, so the year still adds up", () => {
    const booked = new Map([
      ["accrual:2026-01", 200],
      ["accrual:2026-02", 200],
    ]);
    const amounts = amountsOf(
      dueEntries(monthly, employed(fullWeek), 2026, booked),
    );
    expect(amounts[0]).toBe(225);
    expect(400 + sumOf(amounts)).toBe(2500);
  });

  test("gives a joiner of 16 April the exact share of that month", () => {
    const due = dueEntries(
      monthly,
      employed(fullWeek, "2026-04-16"),
      2026,
      none,
    );
    expect(due[0]).toMatchObject({ effectiveOn: "2026-04-16", amount: 104 });
    expect(sumOf(amountsOf(due))).toBe(1771);
  });
});

describe("a yearly grant (L5)", () => {
  test("gives 15 days to a Monday-to-Wednesday worker with 25 a year", () => {
    const week = [100, 100, 100, 0, 0, 0, 0];
    expect(dueEntries(yearly, employed(week), 2026, none)).toEqual([
      {
        kind: "GRANT",
        amount: 1500,
        effectiveOn: "2026-01-01",
        sourceKey: "grant:2026",
      },
    ]);
  });

  test("is not due twice", () => {
    const booked = new Map([["grant:2026", 2500]]);
    expect(dueEntries(yearly, employed(fullWeek), 2026, booked)).toEqual([]);
  });

  test("leaves out the months after somebody has left", () => {
    const leaver = employed(fullWeek, "2020-01-01", "2026-06-30");
    expect(amountsOf(dueEntries(yearly, leaver, 2026, none))).toEqual([1250]);
    expect(dueEntries(yearly, leaver, 2027, none)).toEqual([]);
  });

  test("counts both employments of somebody hired again", () => {
    const again: Employment = {
      schedules: [
        { from: "2020-01-01", to: "2026-03-31", week: fullWeek },
        { from: "2026-07-01", to: null, week: fullWeek },
      ],
      workplaces: [
        { from: "2020-01-01", to: "2026-03-31", calendarId: null },
        { from: "2026-07-01", to: null, calendarId: null },
      ],
    };
    expect(amountsOf(dueEntries(yearly, again, 2026, none))).toEqual([1875]);
  });
});

test("nothing falls due by the calendar for what is earned or without a limit", () => {
  for (const entitlement of ["EARNED", "UNLIMITED"] as const)
    expect(
      dueEntries({ ...monthly, entitlement }, employed(fullWeek), 2026, none),
    ).toEqual([]);
});

function employed(
  week: readonly number[],
  from = "2020-01-01",
  to: string | null = null,
): Employment {
  return {
    schedules: [{ from, to, week }],
    workplaces: [{ from, to, calendarId: null }],
  };
}

function amountsOf(due: readonly { readonly amount: number }[]) {
  return due.map(({ amount }) => amount);
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
