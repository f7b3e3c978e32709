import { anonymous } from "@hr/access";
import { type ClaimPath, valueAt } from "./claim-path.ts";
import { type Identity, type IdentityRules, readIdentity } from "./identity.ts";
import { isJsonObject, type JsonObject } from "./json-segment.ts";
import type { RefusalReason } from "./refusal.ts";
import { readScopeString, readScopes } from "./scope-claims.ts";

/** Claims whose presence and types have been checked. */
export type Claims = {
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  readonly nbf?: number;
  readonly gid?: string;
  readonly auth_time?: number;
  readonly acr?: string;
  readonly granted_scope?: string;
  readonly granted_exp?: number;
  readonly cnf?: { readonly jkt: string };
};

/** The claims, and what they state in the words of their issuer. */
export type SoundClaims = {
  readonly claims: Claims;
  readonly identity: Identity;
  readonly scopes: ReadonlySet<string>;
};

export type ClaimRules = {
  readonly issuer: string;
  readonly audience: string;
  /** Audiences a token may have besides. */
  readonly otherAudiences: ReadonlySet<string>;
  /** Values that claims must have. */
  readonly demanded: readonly DemandedClaim[];
  /** Whether the header's type tells an access token from an ID token. */
  readonly typed: boolean;
  readonly identity: IdentityRules;
  /** Longest accepted `exp` − `iat`, in seconds. */
  readonly maximumLifetime: number;
  /** Where scopes are stated; null for `scope`, which no other claim may then rival. */
  readonly scopeClaims: readonly ClaimPath[] | null;
  /** Whether tokens may be bound to a key (RFC 9449). */
  readonly dpop: boolean;
  /** Whether the issuer is our gateway: it may speak for anonymous callers and say `granted_…`. */
  readonly internal: boolean;
};

export type DemandedClaim = {
  readonly claim: ClaimPath;
  readonly value: string;
};

/** Seconds by which clocks may differ. */
export const clockSkew = 5;

/** Claims of ID tokens, logout tokens and security events. */
export const foreignClaims = ["nonce", "at_hash", "c_hash", "s_hash", "events"];
const text = (value: unknown) => typeof value === "string" && value !== "";
const instant = (value: unknown) => Number.isFinite(value);
const optionalTypes = {
  nbf: instant,
  gid: text,
  auth_time: instant,
  acr: text,
  granted_exp: instant,
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
  const misled = checkAddress(payload, rules);
  if (misled) return misled;
  const identity = readIdentity(payload, rules.identity);
  if (identity === null || !isSound(payload, identity, rules))
    return "CLAIM_INVALID";
  if (!rules.typed && isMadeForItsClient(payload, rules))
    return "WRONG_TOKEN_KIND";
  const claims = payload as unknown as Claims;
  const untimely = checkTimes(claims, rules, now);
  if (untimely) return untimely;
  const scopes = readScopes(payload, rules.scopeClaims);
  if (typeof scopes === "string") return scopes;
  if (rules.internal && readScopeString(claims.granted_scope) === null)
    return "SCOPE_INVALID";
  if (!isBinding(claims.cnf, rules.dpop)) return "CNF_UNSUPPORTED";
  return { claims, identity, scopes };
}

/** What kind of token it is, by whom and for whom. */
function checkAddress(
  claims: JsonObject,
  rules: ClaimRules,
): RefusalReason | false {
  if (foreignClaims.some((name) => Object.hasOwn(claims, name)))
    return "WRONG_TOKEN_KIND";
  if (claims["iss"] !== rules.issuer) return "ISSUER_MISMATCH";
  const audience = checkAudience(claims["aud"], rules);
  if (audience) return audience;
  const isOfKind = rules.demanded.every(
    ({ claim, value }) => valueAt(claims, claim) === value,
  );
  return !isOfKind && "WRONG_TOKEN_KIND";
}

function checkAudience(
  claimed: unknown,
  { audience, otherAudiences }: ClaimRules,
): RefusalReason | false {
  if (!Array.isArray(claimed))
    return claimed !== audience && "AUDIENCE_MISMATCH";
  const others: readonly unknown[] = claimed;
  const rest = others.filter((one) => !otherAudiences.has(one as string));
  if (rest.length > 1) return "AUDIENCE_AMBIGUOUS";
  return rest[0] !== audience && "AUDIENCE_MISMATCH";
}

function isSound(
  claims: JsonObject,
  { clientId }: Identity,
  { internal }: ClaimRules,
): boolean {
  return (
    instant(claims["exp"]) &&
    instant(claims["iat"]) &&
    Object.entries(optionalTypes).every(
      ([name, is]) => claims[name] === undefined || is(claims[name]),
    ) &&
    // Only the gateway's own mint may speak for nobody.
    (internal || clientId !== anonymous.clientId)
  );
}

/** Such is an ID token; where the header does not tell, neither may pass. */
function isMadeForItsClient(
  claims: JsonObject,
  { identity, audience }: ClaimRules,
): boolean {
  return valueAt(claims, identity.clientClaim) === audience;
}

export function isExpired(exp: number, now: number): boolean {
  return now - exp > clockSkew;
}

function checkTimes(
  { exp, iat, nbf }: Claims,
  { maximumLifetime }: ClaimRules,
  now: number,
): RefusalReason | false {
  if (isExpired(exp, now)) return "TOKEN_EXPIRED";
  if (Math.max(iat, nbf ?? iat) - now > clockSkew) return "TOKEN_NOT_YET_VALID";
  return exp - iat > maximumLifetime && "LIFETIME_TOO_LONG";
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
