import { type Principal, anonymous } from "@hr/access";
import type { Claims } from "./claims.ts";

/**
 * The caller a proved token speaks for. A machine is a token whose `sub` equals its
 * `client_id` (RFC 9068 section 2.2); it has no employee record and never signed in.
 */
export function principalOf(claims: Claims, internal: boolean): Principal {
  const { sub, client_id: clientId } = claims;
  if (sub === clientId && sub === anonymous.subject) return anonymous;
  const isMachine = sub === clientId;
  const scopes = words(claims.scope);
  const granted = internal ? claims.granted_scope : undefined;
  return {
    kind: isMachine ? "machine" : "person",
    subject: sub,
    clientId,
    employeeId: isMachine ? null : (claims.employee_id ?? null),
    scopes,
    grantedScopes: granted === undefined ? scopes : words(granted),
    grantedUntil: (internal ? claims.granted_exp : undefined) ?? claims.exp,
    authTime: isMachine ? null : (claims.auth_time ?? null),
    acr: isMachine ? null : (claims.acr ?? null),
    grantId: claims.gid ?? null,
    tokenId: claims.jti,
    expiresAt: claims.exp,
  };
}

function words(scope: string | undefined): ReadonlySet<string> {
  return new Set(scope?.split(" "));
}
