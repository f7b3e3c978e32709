import type { Scope } from "@hr/access";
import {
  type KoaContextWithOIDC,
  type Client as OidcClient,
  type ResourceServer,
  errors,
} from "oidc-provider";
import type { Account, Accounts } from "./accounts.ts";
import { type Registered, registeredAs } from "./clients.ts";
import { accessTokenSeconds } from "./lifetimes.ts";
import { scopesOfRole } from "./roles.ts";

export const oidcScopes = ["openid", "profile", "email", "offline_access"];

export type ApiSettings = {
  readonly audience: string;
  readonly accounts: Accounts;
};

/**
 * The API as a resource server (RFC 8707). The one place that computes what is
 * granted: what the client may have, and for a person also the role, read anew for
 * every token. Asking beyond the client is `invalid_scope`; beyond the role is
 * dropped, and `access_denied` if nothing is left. No scope of the API named: all
 * there is, since every client here is our own.
 */
export async function resourceServerInfo(
  { audience, accounts }: ApiSettings,
  ctx: KoaContextWithOIDC,
  request: { readonly resource: string; readonly client: OidcClient },
): Promise<ResourceServer> {
  const client = registeredAs(request.client);
  if (request.resource !== audience)
    throw new errors.InvalidTarget("the resource is not known here");
  if (isFirstRequest(ctx)) checkRequestedScope(ctx, client);
  const account = await accountOf(ctx, accounts);
  const granted = grantable(client, account);
  if (account && ctx.oidc.session) refuseNothing(ctx, granted);
  return {
    audience,
    scope: [...granted].join(" "),
    accessTokenFormat: "jwt",
    accessTokenTTL: accessTokenSeconds,
    jwt: { sign: { alg: "ES256" } },
  };
}

/** Client ∩ role; before it is known who signs in, what the client may have. */
export function grantable(
  client: Registered,
  account: Account | undefined,
): ReadonlySet<Scope> {
  if (!account) return new Set(client.scopes);
  const ofRole = scopesOfRole(account.role);
  return new Set(client.scopes.filter((scope) => ofRole.has(scope)));
}

const firstRoutes = new Set([
  "authorization",
  "device_authorization",
  "pushed_authorization_request",
]);

/** Where `scope` is what the client sent; later steps use what was accepted here. */
function isFirstRequest({ oidc }: KoaContextWithOIDC): boolean {
  return (
    firstRoutes.has(oidc.route) ||
    oidc.params?.["grant_type"] === "client_credentials"
  );
}

function checkRequestedScope({ oidc }: KoaContextWithOIDC, client: Registered) {
  const named = [...oidc.requestParamScopes];
  if (oidc.params && named.every((scope) => oidcScopes.includes(scope)))
    oidc.params["scope"] = [...named, ...client.scopes].join(" ");
  const allowed = new Set<string>(client.scopes);
  if (client.kind !== "machine") oidcScopes.forEach((one) => allowed.add(one));
  const beyond = [...oidc.requestParamScopes].filter(
    (scope) => !allowed.has(scope),
  );
  if (beyond.length > 0)
    throw new errors.InvalidScope(
      "a requested scope is not for this client",
      beyond.join(" "),
    );
}

async function accountOf(
  { oidc }: KoaContextWithOIDC,
  accounts: Accounts,
): Promise<Account | undefined> {
  const id = oidc.entities.Account?.accountId ?? oidc.session?.accountId;
  return id === undefined ? undefined : accounts.find(id);
}

function refuseNothing(
  { oidc }: KoaContextWithOIDC,
  granted: ReadonlySet<string>,
): void {
  const left = [...oidc.requestParamScopes].some(
    (scope) => granted.has(scope) || oidcScopes.includes(scope),
  );
  if (!left)
    throw new errors.AccessDenied(
      "the role allows none of the scopes asked for",
    );
}
