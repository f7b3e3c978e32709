import { expect, test } from "@jest/globals";
import { annualised } from "./compensation.ts";

const fullTime = { weeklyHours: 4_000, fullTimeHours: 4_000 };
const partTime = { weeklyHours: 2_400, fullTimeHours: 4_000 };

test.each([
  ["25.00 an hour for 40 hours", 2_500, "HOUR", fullTime, 5_200_000],
  ["25.00 an hour for 24 hours", 2_500, "HOUR", partTime, 3_120_000],
  ["300.00 a day", 30_000, "DAY", fullTime, 7_800_000],
  ["300.00 a day at 0.6", 30_000, "DAY", partTime, 4_680_000],
  ["4500.00 a month", 450_000, "MONTH", partTime, 5_400_000],
  ["120000.00 a year", 12_000_000, "YEAR", partTime, 12_000_000],
] as const)("%s comes to a year's pay", (_, baseMinor, per, hours, year) => {
  expect(annualised({ baseMinor, per, ...hours })).toBe(year);
});

test("rounds once, half away from zero", () => {
  const hours = { weeklyHours: 3_850, fullTimeHours: 4_000 };
  expect(annualised({ baseMinor: 1_111, per: "HOUR", ...hours })).toBe(
    2_224_222,
  );
});
