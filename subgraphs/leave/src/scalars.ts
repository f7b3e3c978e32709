import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

/** Working days: whole hundredths in code, a number with at most two decimals outside (L1). */
export const DaysScalar = new GraphQLScalarType<number, number>({
  name: "Days",
  serialize(value) {
    if (typeof value === "number" && Number.isInteger(value))
      return value / 100;
    throw new TypeError("Days are kept as whole hundredths.");
  },
  parseValue: (value) => toHundredths(value),
  parseLiteral: (node) =>
    toHundredths(
      node.kind === Kind.INT || node.kind === Kind.FLOAT
        ? Number(node.value)
        : undefined,
    ),
});

/** `0.29` is `0.29000000000000004 × 100` away from a whole number; `0.005` is not near one. */
function toHundredths(value: unknown): number {
  const hundredths =
    typeof value === "number" ? Math.round(value * 100) : Number.NaN;
  if (!Number.isSafeInteger(hundredths) || hundredths / 100 !== value)
    throw new GraphQLError(
      "Days are a number with at most two decimals, such as 0.5.",
      { extensions: { code: "BAD_USER_INPUT" } },
    );
  return hundredths;
}
