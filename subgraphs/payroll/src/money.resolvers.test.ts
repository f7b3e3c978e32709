import { describe, expect, test } from "@jest/globals";
import { parseValue } from "graphql";
import { moneyResolvers } from "./money.resolvers.ts";

const { MinorUnits, CurrencyCode, Money } = moneyResolvers;
const most = Number.MAX_SAFE_INTEGER;

describe("MinorUnits", () => {
  test.each([0, -1, 2_147_483_648, most, -most])(
    "lets %d through in both directions",
    (amount) => {
      expect(MinorUnits.serialize(amount)).toBe(amount);
      expect(MinorUnits.parseValue(amount)).toBe(amount);
      expect(MinorUnits.parseLiteral(parseValue(String(amount)))).toBe(amount);
    },
  );

  test.each([1.5, "100", NaN, Infinity, most + 1, -most - 1, true, null])(
    "refuses %p in both directions",
    (value) => {
      expect(() => MinorUnits.serialize(value)).toThrow(/whole number/);
      expect(() => MinorUnits.parseValue(value)).toThrow(/whole number/);
    },
  );

  test.each(["1.5", '"100"', "1e400", "9007199254740992", "1e3"])(
    "refuses the literal %s as bad input",
    (literal) => {
      expect(() => MinorUnits.parseLiteral(parseValue(literal))).toThrow(
        expect.objectContaining({ extensions: { code: "BAD_USER_INPUT" } }),
      );
    },
  );
});

test("a currency is a code of ISO 4217, in both directions", () => {
  expect(CurrencyCode.serialize("KWD")).toBe("KWD");
  expect(CurrencyCode.parseValue("JPY")).toBe("JPY");
  for (const word of ["eur", "EURO", "ABC", 978])
    expect(() => CurrencyCode.parseValue(word)).toThrow(/ISO 4217/);
});

test("an amount says its exact decimal", () => {
  expect(Money.decimal({ amountMinor: -1_250, currency: "KWD" })).toBe(
    "-1.250",
  );
});
