import { isJsonObject, type JsonObject } from "./json-segment.ts";

/** Names from a token's top level down to one of its claims. */
export type ClaimPath = readonly string[];

const plainName = /^(?:[^/.\s]+|https?:\/\/\S+)$/;
const pointer = /^(?:\/(?:[^/~\s]|~[01])+)+$/;

/**
 * A claim's name, a URL that is a claim's name, or a JSON Pointer (RFC 6901); null for
 * anything else: a dot is no path, since names may hold dots.
 */
export function parseClaimPath(text: string): ClaimPath | null {
  if (plainName.test(text)) return [text];
  if (!pointer.test(text)) return null;
  return text
    .slice(1)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Undefined where a name is missing; null, which no claim read here may be, where none can follow. */
export function valueAt(claims: JsonObject, path: ClaimPath): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (!isJsonObject(value)) return null;
    if (!Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}
