import type {
  Client as OidcClient,
  Grant,
  KoaContextWithOIDC,
} from "oidc-provider";
import { registeredAs } from "./clients.ts";
import { oidcScopes } from "./resource.ts";

export function isFirstParty(client: OidcClient | undefined): boolean {
  return client !== undefined && registeredAs(client).kind === "browser";
}

/**
 * The grant an authorization request runs under: the one just consented to, or
 * that of the session. First-party clients are granted what they ask for unasked.
 */
export async function loadGrant({
  oidc,
}: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { client, session, provider, result } = oidc;
  if (!client || !session?.accountId) return undefined;
  const id = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const found = id === undefined ? undefined : await provider.Grant.find(id);
  if (!isFirstParty(client)) return found;
  const { accountId } = session;
  const grant =
    found ?? new provider.Grant({ accountId, clientId: client.clientId });
  for (const resource of Object.keys(oidc.resourceServers ?? {}))
    allow(grant, resource, [...oidc.requestParamScopes]);
  await grant.save();
  return grant;
}

/**
 * Records what was asked for, also what the role does not allow: that is cut at
 * every issue, so that a promotion shows in the next token.
 */
export function allow(
  grant: Grant,
  resource: string,
  scopes: readonly string[],
): void {
  const ofOidc = scopes.filter((scope) => oidcScopes.includes(scope));
  const ofApi = scopes.filter((scope) => !oidcScopes.includes(scope));
  if (ofOidc.length > 0) grant.addOIDCScope(ofOidc.join(" "));
  if (ofApi.length > 0) grant.addResourceScope(resource, ofApi.join(" "));
}
