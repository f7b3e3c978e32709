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

/** A disabled account is not found, so nothing more is issued for it. */
export function accountFinder(accounts: Accounts): FindAccount {
  return async (_ctx, id) => {
    const account = await accounts.find(id);
    return account && { accountId: id, claims: () => profileOf(account) };
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
  const { AuthorizationCode, RefreshToken } = ctx.oidc.entities;
  const signIn = AuthorizationCode ?? RefreshToken;
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
