import { isJsonObject, type JsonObject } from "./json-segment.ts";
import type { RefusalReason } from "./refusal.ts";
import { type ClaimPath, readScopeString, readScopes } from "./scope-claims.ts";

/** Claims whose presence and types have been checked. */
export type Claims = {
  readonly sub: string;
  readonly client_id: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly gid?: string;
  readonly employee_id?: string;
  readonly auth_time?: number;
  readonly acr?: string;
  readonly granted_scope?: string;
  readonly granted_exp?: number;
  readonly cnf?: { readonly jkt: string };
};

/** The claims, and the scopes they state. */
export type SoundClaims = {
  readonly claims: Claims;
  readonly scopes: ReadonlySet<string>;
};

export type ClaimRules = {
  readonly issuer: string;
  readonly audience: string;
  /** Longest accepted `exp` − `iat`, in seconds. */
  readonly maximumLifetime: number;
  /** Where scopes are stated; null for `scope`, which no other claim may then rival. */
  readonly scopeClaims: readonly ClaimPath[] | null;
  /** Whether tokens may be bound to a key (RFC 9449). */
  readonly dpop: boolean;
  /** Whether the issuer is our gateway: it may speak for anonymous callers and say `granted_…`. */
  readonly internal: boolean;
};

/** Seconds by which clocks may differ. */
export const clockSkew = 5;

type Step = (
  claims: JsonObject,
  rules: ClaimRules,
  now: number,
) => RefusalReason | false;

/** Claims of ID tokens, logout tokens and security events. */
export const foreignClaims = ["nonce", "at_hash", "c_hash", "s_hash", "events"];
const text = (value: unknown) => typeof value === "string" && value !== "";
const instant = (value: unknown) => Number.isFinite(value);
const types = {
  required: {
    exp: instant,
    iat: instant,
    sub: text,
    jti: text,
    client_id: text,
  },
  optional: {
    nbf: instant,
    gid: text,
    auth_time: instant,
    acr: text,
    granted_exp: instant,
    employee_id: (value: unknown) =>
      typeof value === "string" && /^[\w-]{1,64}$/.test(value),
  },
};
const thumbprintSyntax = /^[\w-]{43}$/;

/**
 * Reads the claims of a token whose signature has been proved, or says what is
 * wrong with them.
 * @param now Epoch seconds.
 */
export function readClaims(
  payload: JsonObject,
  rules: ClaimRules,
  now: number,
): SoundClaims | RefusalReason {
  for (const step of steps) {
    const reason = step(payload, rules, now);
    if (reason) return reason;
  }
  const scopes = readScopes(payload, rules.scopeClaims);
  if (typeof scopes === "string") return scopes;
  const claims = payload as unknown as Claims;
  if (rules.internal && readScopeString(claims.granted_scope) === null)
    return "SCOPE_INVALID";
  if (!isBinding(claims.cnf, rules.dpop)) return "CNF_UNSUPPORTED";
  return { claims, scopes };
}

const steps: readonly Step[] = [
  (claims) => hasAny(claims, foreignClaims) && "WRONG_TOKEN_KIND",
  (claims, { issuer }) => claims["iss"] !== issuer && "ISSUER_MISMATCH",
  (claims, { audience }) => checkAudience(claims["aud"], audience),
  (claims, { internal }) => checkTypes(claims, internal),
  (claims, _, now) => checkTimes(claims as unknown as Times, now),
  (claims, { maximumLifetime }) => {
    const { exp, iat } = claims as unknown as Times;
    return exp - iat > maximumLifetime && "LIFETIME_TOO_LONG";
  },
];

type Times = {
  readonly exp: number;
  readonly iat: number;
  readonly nbf?: number;
};

export function isExpired(exp: number, now: number): boolean {
  return now - exp > clockSkew;
}

function hasAny(claims: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => Object.hasOwn(claims, name));
}

function checkAudience(
  claimed: unknown,
  audience: string,
): RefusalReason | false {
  if (!Array.isArray(claimed))
    return claimed !== audience && "AUDIENCE_MISMATCH";
  if (claimed.length > 1) return "AUDIENCE_AMBIGUOUS";
  return claimed[0] !== audience && "AUDIENCE_MISMATCH";
}

function checkTypes(
  claims: JsonObject,
  internal: boolean,
): RefusalReason | false {
  const isSound =
    Object.entries(types.required).every(([name, is]) => is(claims[name])) &&
    Object.entries(types.optional).every(
      ([name, is]) => claims[name] === undefined || is(claims[name]),
    );
  // Only the gateway's own mint may speak for nobody.
  const isForged = !internal && claims["client_id"] === "anonymous";
  return (!isSound || isForged) && "CLAIM_INVALID";
}

function checkTimes(
  { exp, iat, nbf }: Times,
  now: number,
): RefusalReason | false {
  if (isExpired(exp, now)) return "TOKEN_EXPIRED";
  return Math.max(iat, nbf ?? iat) - now > clockSkew && "TOKEN_NOT_YET_VALID";
}

function isBinding(cnf: unknown, dpop: boolean): boolean {
  if (cnf === undefined) return true;
  if (!dpop || !isJsonObject(cnf)) return false;
  const { jkt, ...others } = cnf;
  return (
    typeof jkt === "string" &&
    thumbprintSyntax.test(jkt) &&
    Object.keys(others).length === 0
  );
}
