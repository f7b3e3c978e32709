import { describe, expect, test } from "@jest/globals";
import { decimal, exponentOf, money, ratio, split, sum } from "./money.ts";

describe("an amount", () => {
  test.each([
    [450_000, "EUR", "4500.00"],
    [-51_136, "EUR", "-511.36"],
    [5, "EUR", "0.05"],
    [0, "EUR", "0.00"],
    [760_000, "JPY", "760000"],
    [1_250, "KWD", "1.250"],
    [-7, "KWD", "-0.007"],
    [Number.MAX_SAFE_INTEGER, "EUR", "90071992547409.91"],
    [Number.MIN_SAFE_INTEGER, "JPY", "-9007199254740991"],
  ])("of %d minor units of %s reads %s", (amountMinor, currency, text) => {
    expect(decimal(money(amountMinor, currency))).toBe(text);
  });

  test("has the digits of ISO 4217 where display data would round: HUF, IDR and COP have two", () => {
    expect(["HUF", "IDR", "COP", "JPY", "KWD", "CLF"].map(exponentOf)).toEqual([
      2, 2, 2, 0, 3, 4,
    ]);
  });

  test("refuses a word that is no code of ISO 4217", () => {
    expect(() => exponentOf("EURO")).toThrow(RangeError);
    expect(() => exponentOf("eur")).toThrow(RangeError);
  });

  test("is refused when it is no whole, exact number", () => {
    for (const amount of [1.5, 2 ** 53, NaN, Infinity])
      expect(() => money(amount, "EUR")).toThrow(RangeError);
  });
});

describe("rounding", () => {
  test.each([
    [5, 1, 2, 3],
    [-5, 1, 2, -3],
    [4, 1, 3, 1],
    [5, 1, 3, 2],
    [-450_000, 25, 220, -51_136],
    [450_000, 15, 30, 225_000],
    [9_007_199_254_740_991, 999, 1_000, 8_998_192_055_486_250],
  ])("%d × %d ÷ %d is %d, half away from zero", (amount, up, down, result) => {
    expect(ratio(amount, up, down)).toBe(result);
  });

  test("refuses a result beyond what a JSON number tells exactly", () => {
    expect(() => ratio(Number.MAX_SAFE_INTEGER, 2, 1)).toThrow(RangeError);
  });
});

describe("a split", () => {
  test("over 10, 10 and 11 of 31 days adds up to the whole", () => {
    expect(split(100_000, [10, 10, 11])).toEqual([32_258, 32_258, 35_484]);
  });

  test("gives an equal remainder to the earlier part, and splits what is owed back alike", () => {
    expect(split(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(split(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(split(5, [1, 0, 1])).toEqual([3, 0, 2]);
  });
});

test("a sum passes through more than a number holds and still ends exact", () => {
  const most = Number.MAX_SAFE_INTEGER;
  expect(sum([most, most, 1, -most, -most])).toBe(1);
  expect(() => sum([most, 1])).toThrow(RangeError);
});
