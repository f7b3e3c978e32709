import pg from "pg";

/** Object identifiers of types (PostgreSQL source, pg_type.dat). */
const bigint = 20;
const date = 1082;
const timestamp = 1114;
const bigints = 1016;
const texts = 1009;
const dates = 1182;
const timestamps = 1115;

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [bigint]: safeInteger,
  [date]: asIs,
  [timestamp]: asIs,
  [bigints]: (text) => deep(textsOf(text), safeInteger),
  [dates]: textsOf,
  [timestamps]: textsOf,
};

/**
 * A `date` stays ISO text and so does a `timestamp` without zone (the driver makes
 * local time of both); a `bigint` becomes a number when it is a safe integer and
 * an error otherwise; arrays of them alike. `numeric` is text, `timestamptz` a Date.
 */
export const typeParser = ((oid: Oid, format?: "text" | "binary") =>
  parsers[oid] ??
  (pg.types.getTypeParser(
    oid,
    format,
  ) as unknown)) as typeof pg.types.getTypeParser;

type Oid = Parameters<typeof pg.types.getTypeParser>[0];

function asIs(text: string): string {
  return text;
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError("A bigint is outside the range of safe integers");
  return value;
}

type Nested = string | null | readonly Nested[];

function textsOf(text: string): Nested {
  const parse = pg.types.getTypeParser(texts as Oid) as (
    text: string,
  ) => Nested;
  return parse(text);
}

function deep(value: Nested, parse: (text: string) => unknown): unknown {
  if (value === null) return null;
  return typeof value === "string"
    ? parse(value)
    : value.map((one) => deep(one, parse));
}
