import { describe, expect, test } from "@jest/globals";
import { partOfPeriod, periodBase } from "./pay-period.ts";

test.each([
  ["WEEKLY", 103_846],
  ["BIWEEKLY", 207_692],
  ["SEMIMONTHLY", 225_000],
  ["MONTHLY", 450_000],
] as const)("a year of 54000.00 paid %s", (frequency, base) => {
  expect(periodBase(5_400_000, frequency)).toBe(base);
});

describe("part of a period by calendar days", () => {
  const april = { from: "2026-04-01", to: "2026-04-30" };
  const part = (amount: number, from: string, to: string) =>
    partOfPeriod(amount, april, { from, to });

  test("hired on 16 April for 4500.00 a month is 2250.00", () => {
    expect(part(450_000, "2026-04-16", "2027-01-31")).toBe(225_000);
  });

  test("4500.00 that becomes 4800.00 on 11 April is 1500.00 and 3200.00", () => {
    expect(part(450_000, "2020-01-01", "2026-04-10")).toBe(150_000);
    expect(part(480_000, "2026-04-11", "2026-04-30")).toBe(320_000);
  });

  test("is the whole for who was there throughout, and nothing for who was not", () => {
    expect(part(450_001, "2020-01-01", "2030-01-01")).toBe(450_001);
    expect(part(450_001, "2026-05-01", "2026-05-31")).toBe(0);
  });
});
