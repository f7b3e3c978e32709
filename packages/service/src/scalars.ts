import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

const day = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const instant =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;

/** ISO 8601 calendar date as text, both ways: `2026-03-31`. */
export const DateScalar = new GraphQLScalarType<string, string>({
  name: "Date",
  serialize: (value) => parseDay(value),
  parseValue: (value) => parseDay(value),
  parseLiteral: (node) =>
    parseDay(node.kind === Kind.STRING ? node.value : undefined),
});

/** RFC 3339 instant: a `Date` in code, UTC outside. */
export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: "DateTime",
  serialize: (value) => {
    const date = value instanceof Date ? value : parseInstant(value);
    return date.toISOString();
  },
  parseValue: (value) => parseInstant(value),
  parseLiteral: (node) =>
    parseInstant(node.kind === Kind.STRING ? node.value : undefined),
});

function parseDay(value: unknown): string {
  if (typeof value !== "string" || !day.test(value) || !exists(value))
    throw bad("A Date is a calendar day such as 2026-03-31.");
  return value;
}

function parseInstant(value: unknown): Date {
  const date =
    typeof value === "string" &&
    instant.test(value) &&
    exists(value.slice(0, 10))
      ? new Date(value)
      : undefined;
  if (!date || Number.isNaN(date.getTime()))
    throw bad("A DateTime is an instant such as 2026-03-31T08:15:00Z.");
  return date;
}

/** 31 February is well-formed and does not exist. */
function exists(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return (
    !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text
  );
}

function bad(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}
