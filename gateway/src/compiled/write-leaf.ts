import { type GraphQLLeafType, isEnumType } from "graphql";
import { validity } from "./check-answer.ts";

/** The text of a value; undefined for one that is not as promised, null among them. */
export type Write = (value: unknown) => string | undefined;

/** What `write` gives stands between two `quote`s. */
export type Written = { readonly quote: "" | '"'; readonly write: Write };

/** The text is what `JSON.stringify` makes of the value. */
export function leafOf(type: GraphQLLeafType): Written {
  const isValid = validity(type);
  if (isEnumType(type))
    return {
      quote: '"',
      write: (value) => (isValid(value) ? (value as string) : undefined),
    };
  if (type.name === "String")
    return {
      quote: '"',
      write: (value) => (isValid(value) ? escaped(value as string) : undefined),
    };
  return {
    quote: "",
    write: (value) =>
      value !== null && value !== undefined && isValid(value)
        ? json(value)
        : undefined,
  };
}

function json(value: unknown): string {
  if (typeof value === "string") return `"${escaped(value)}"`;
  if (typeof value === "boolean" || Number.isFinite(value))
    return String(value);
  return JSON.stringify(value);
}

/** From here on `JSON.stringify` is faster than looking for what it would escape. */
const long = 50;

// Lone surrogates are escaped; pairs need not be, but the two are not told apart here.
// eslint-disable-next-line no-control-regex
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

function escaped(text: string): string {
  return text.length < long && !special.test(text)
    ? text
    : JSON.stringify(text).slice(1, -1);
}
