import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { type Money, decimal, isCurrency } from "./money.ts";

/** A whole number within ±9,007,199,254,740,991, in both directions. */
const MinorUnits = new GraphQLScalarType<number, number>({
  name: "MinorUnits",
  serialize: (value) => wholeNumber(value),
  parseValue: (value) => wholeNumber(value),
  parseLiteral: (node) =>
    wholeNumber(node.kind === Kind.INT ? Number(node.value) : undefined),
});

const CurrencyCode = new GraphQLScalarType<string, string>({
  name: "CurrencyCode",
  serialize: (value) => currency(value),
  parseValue: (value) => currency(value),
  parseLiteral: (node) =>
    currency(node.kind === Kind.STRING ? node.value : undefined),
});

export const moneyResolvers = {
  MinorUnits,
  CurrencyCode,
  Money: { decimal: (money: Money) => decimal(money) },
};

function wholeNumber(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw bad("MinorUnits is a whole number within ±9007199254740991.");
}

function currency(value: unknown): string {
  if (typeof value === "string" && isCurrency(value)) return value;
  throw bad("A CurrencyCode is a code of ISO 4217 such as EUR.");
}

function bad(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}
