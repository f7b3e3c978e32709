import { expect, test } from "@jest/globals";
import { DaysScalar } from "./scalars.ts";

test.each([
  [0.5, 50],
  [0.29, 29],
  [-1.25, -125],
  [0, 0],
  [2500, 250_000],
])(
  "reads %p days as %p hundredths and writes them back (L1)",
  (days, inside) => {
    expect(DaysScalar.parseValue(days)).toBe(inside);
    expect(DaysScalar.serialize(inside)).toBe(days);
  },
);

test.each([0.005, "1", Number.NaN, Number.POSITIVE_INFINITY, null, true])(
  "refuses %p as a number of days",
  (value) => {
    expect(() => DaysScalar.parseValue(value)).toThrow(
      expect.objectContaining({ extensions: { code: "BAD_USER_INPUT" } }),
    );
  },
);
