import { foreignClaims } from "./claims.ts";
import type { JsonObject } from "./json-segment.ts";
import { otherScopeClaims } from "./scope-claims.ts";

export type ForwardedClaim = string | number | boolean | readonly string[];

const maximumLength = 200;
const maximumItems = 50;

/**
 * Names a subgraph is told by other means or not at all: who is meant, for how long,
 * and permissions, which are cut for each subgraph and would come back whole.
 */
const reserved: ReadonlySet<string> = new Set([
  ...["iss", "aud", "sub", "client_id", "actor", "gid", "typ", "cnf"],
  ...["exp", "iat", "nbf", "jti", "granted_exp"],
  ...["employee_id", "auth_time", "acr"],
  ...["scope", "granted_scope", "roles", ...otherScopeClaims],
  ...foreignClaims,
  "__proto__",
]);

/** The named claims of a caller that are plain and short; all others are left out. */
export function forwardedClaims(
  claims: JsonObject,
  names: ReadonlySet<string>,
): Readonly<Record<string, ForwardedClaim>> {
  return Object.fromEntries(
    [...names]
      .filter((name) => !reserved.has(name))
      .map((name) => [name, claims[name]] as const)
      .filter((claim): claim is [string, ForwardedClaim] => isPlain(claim[1])),
  );
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value))
    return value.length <= maximumItems && value.every(isShort);
  return isShort(value) || Number.isFinite(value) || typeof value === "boolean";
}

function isShort(value: unknown): boolean {
  return typeof value === "string" && value.length <= maximumLength;
}
