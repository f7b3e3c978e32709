import type {
  AccessToken,
  ClientCredentials,
  FindAccount,
  KoaContextWithOIDC,
} from "oidc-provider";
import type { Account, Accounts } from "./accounts.ts";

/** Scope → claims of the ID token, which carries the profile since UserInfo is off. */
export const idTokenClaims = {
  openid: ["sub"],
  profile: ["name", "preferred_username", "role", "employee_id"],
  email: ["email"],
};

/** How people prove themselves: with a password (RFC 8176 `pwd`). */
export const passwordSignIn = { acr: "urn:hr:acr:password", amr: ["pwd"] };

/**
 * Or with a passkey: a key (`pop`), somebody present (`user`) whom the device knows
 * by PIN or finger, which makes two factors (`mfa`). Not `hwk`: without attestation
 * nobody can tell hardware from software, and synced passkeys leave theirs.
 */
export const passkeySignIn = {
  acr: "urn:hr:acr:passkey",
  amr: ["pop", "user", "mfa"],
};

/** The weakest first. */
export const acrValues = [passwordSignIn.acr, passkeySignIn.acr];

/**
 * A disabled account is not found, so nothing more is issued for it; neither is one
 * for a code or refresh token from a sign-in that its role, as it is now, does not
 * take for enough.
 */
export function accountFinder(
  accounts: Accounts,
  passkeyRoles: ReadonlySet<string>,
): FindAccount {
  return async ({ oidc }, id, token) => {
    const account = await accounts.find(id, signedInAt(token ?? oidc.session));
    if (!account) return undefined;
    if (token && passkeyRoles.has(account.role) && !isFromPasskey(token))
      return undefined;
    return { accountId: id, claims: () => profileOf(account) };
  };
}

/** What an access token says beyond `iss sub aud client_id iat exp jti scope`. */
export async function accessTokenClaims(
  accounts: Accounts,
  ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
): Promise<Readonly<Record<string, unknown>>> {
  if (token.kind === "ClientCredentials") return { actor: "service" };
  const account = await accounts.find(token.accountId);
  const { AuthorizationCode, DeviceCode, RefreshToken } = ctx.oidc.entities;
  const signIn = AuthorizationCode ?? DeviceCode ?? RefreshToken;
  return {
    actor: "user",
    gid: token.grantId,
    roles: account ? [account.role] : [],
    ...(account?.employeeId && { employee_id: account.employeeId }),
    auth_time: signIn?.authTime,
    acr: signIn?.acr,
    amr: signIn?.amr,
  };
}

/** Of a code or refresh token, or of a session: epoch seconds. */
function signedInAt(from: object | undefined): number {
  const { authTime, loginTs } = (from ?? {}) as {
    readonly authTime?: unknown;
    readonly loginTs?: number;
  };
  return (typeof authTime === "number" ? authTime : loginTs) ?? 0;
}

function isFromPasskey(token: object): boolean {
  return "acr" in token && token.acr === passkeySignIn.acr;
}

function profileOf(account: Account) {
  return {
    sub: account.id,
    name: account.displayName,
    preferred_username: account.signIn,
    email: account.signIn,
    role: account.role,
    ...(account.employeeId && { employee_id: account.employeeId }),
  };
}
