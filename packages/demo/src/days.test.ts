import { expect, test } from "@jest/globals";
import { addDays, firstOfMonth, lastOfMonth } from "./days.ts";

test("adds days over month ends and leap days", () => {
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(addDays("2027-02-28", 1)).toBe("2027-03-01");
  expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
});

test("finds the first and last day of a month before or after", () => {
  expect(firstOfMonth("2026-03-31", -1)).toBe("2026-02-01");
  expect(firstOfMonth("2026-12-31", 1)).toBe("2027-01-01");
  expect(lastOfMonth("2028-01-31", 1)).toBe("2028-02-29");
});
