import { type Principal, anonymous } from "@hr/access";
import type { SoundClaims } from "./claims.ts";
import { isJsonObject, type JsonObject } from "./json-segment.ts";
import { readScopeString } from "./scope-claims.ts";

/**
 * The caller a proved token speaks for. A machine has no employee record and never
 * signed in; by RFC 9068 section 2.2 its token's `sub` equals its `client_id`.
 */
export function principalOf(
  { claims, identity, scopes }: SoundClaims,
  internal: boolean,
): Principal {
  const { subject, clientId, isMachine } = identity;
  if (isMachine && clientId === anonymous.clientId) return anonymous;
  const granted = internal ? claims.granted_scope : undefined;
  return {
    kind: isMachine ? "machine" : "person",
    subject,
    clientId,
    employeeId: identity.employeeId,
    scopes,
    grantedScopes:
      granted === undefined ? scopes : new Set(readScopeString(granted)),
    grantedUntil: (internal ? claims.granted_exp : undefined) ?? claims.exp,
    authTime: isMachine ? null : (claims.auth_time ?? null),
    acr: isMachine ? null : (claims.acr ?? null),
    grantId: claims.gid ?? null,
    tokenId: identity.tokenId,
    expiresAt: claims.exp,
    claims: sealObject(claims),
  };
}

/** A principal serves every request with its token: none may leave a trace in it. */
function seal(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(seal));
  return isJsonObject(value) ? sealObject(value) : value;
}

/** Without a prototype, so that no name is found that the issuer did not write. */
function sealObject(from: JsonObject): JsonObject {
  const sealed = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(from)) sealed[name] = seal(value);
  return Object.freeze(sealed);
}
