import { isDeepStrictEqual } from "node:util";

/** Where two JSON values differ first, in words; undefined when they are equal. */
export function difference(
  found: unknown,
  wanted: unknown,
  path = "data",
): string | undefined {
  if (isDeepStrictEqual(found, wanted)) return undefined;
  if (!isObject(found) || !isObject(wanted))
    return `${path} is ${write(found)} instead of ${write(wanted)}`;
  for (const key of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    const inside = difference(found[key], wanted[key], `${path}.${key}`);
    if (inside !== undefined) return inside;
  }
  return `${path} is of another kind`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function write(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 100);
}
