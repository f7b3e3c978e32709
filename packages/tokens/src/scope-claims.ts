import { type ClaimPath, parseClaimPath, valueAt } from "./claim-path.ts";
import type { JsonObject } from "./json-segment.ts";

/** Claims in which issuers state permissions; `scope` alone counts unless others are named. */
export const otherScopeClaims = ["scp", "scopes", "permissions"];

const maximumScopes = 1_000;
/** RFC 6749 section 3.3. */
const wordSyntax = /^[!#-[\]-~]+$/;

/**
 * Where the words of a setting such as `scp roles` or `/realm_access/roles` point.
 * Null for `scope` alone.
 * @throws TypeError for what is no claim's name and no path.
 */
export function parseScopeClaims(setting: string): readonly ClaimPath[] | null {
  const paths = setting.split(" ").map(parsePath);
  return paths.length === 1 && paths[0]?.join("/") === "scope" ? null : paths;
}

function parsePath(word: string): ClaimPath {
  const path = parseClaimPath(word);
  if (path === null)
    throw new TypeError(
      "The scope claim must be names with single spaces between them, such as scp, or paths, such as /realm_access/roles.",
    );
  return path;
}

/**
 * The scopes a token states. Without paths: `scope`, one string of words, and no
 * other claim that could mean the same. With paths: at each of them such a string
 * or a list of words, taken together; whatever stands elsewhere is not read.
 */
export function readScopes(
  claims: JsonObject,
  paths: readonly ClaimPath[] | null,
): ReadonlySet<string> | "SCOPE_AMBIGUOUS" | "SCOPE_INVALID" {
  if (paths === null) return readStandardScope(claims);
  const scopes = new Set<string>();
  for (const path of paths) {
    const words = readWords(valueAt(claims, path));
    if (words === null || words.length > maximumScopes) return "SCOPE_INVALID";
    for (const word of words) scopes.add(word);
  }
  return scopes;
}

function readStandardScope(claims: JsonObject) {
  if (otherScopeClaims.some((name) => Object.hasOwn(claims, name)))
    return "SCOPE_AMBIGUOUS";
  const words = readScopeString(claims["scope"]);
  return words === null ? "SCOPE_INVALID" : new Set(words);
}

function readWords(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return readScopeString(value);
  const words: readonly unknown[] = value;
  return words.every(isWord) ? words : null;
}

/** The words of a `scope`, none where it is absent; null when it is anything else. */
export function readScopeString(value: unknown): readonly string[] | null {
  if (value === undefined) return [];
  const words = typeof value === "string" ? value.split(" ") : [null];
  return words.every(isWord) ? words : null;
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && wordSyntax.test(value);
}
