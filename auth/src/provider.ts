import { hkdfSync } from "node:crypto";
import type { JWK } from "jose";
import type { Kysely } from "kysely";
import {
  type AdapterFactory,
  type Configuration,
  type Client as OidcClient,
  type KoaContextWithOIDC,
  Provider,
  interactionPolicy,
} from "oidc-provider";
import type { Accounts } from "./accounts.ts";
import {
  accessTokenClaims,
  accountFinder,
  acrValues,
  idTokenClaims,
} from "./claims.ts";
import {
  type Client,
  gatewayId,
  ownMetadata,
  secretMatches,
  toMetadata,
} from "./clients.ts";
import { isFirstParty, loadGrant } from "./grants.ts";
import { lifetimes } from "./lifetimes.ts";
import { deviceFlow, devicePath, guardDevicePage } from "./device.ts";
import { addPasskeyPrompt } from "./passkeys-prompt.ts";
import { guardAnswer, logoutPages, showError } from "./provider-pages.ts";
import { oidcScopes, resourceServerInfo } from "./resource.ts";
import type { AuthTables } from "./tables.ts";
import { createTokenStatus } from "./token-status.ts";

export type ProviderSettings = {
  readonly issuer: string;
  readonly audience: string;
  /** Beside those the adapter finds. */
  readonly clients: readonly Client[];
  readonly accounts: Accounts;
  readonly adapter: AdapterFactory;
  readonly database: Kysely<AuthTables>;
  /** The first signs, all are published. */
  readonly signingKeys: readonly JWK[];
  /** The first signs, all verify. */
  readonly cookieKeys: readonly string[];
  readonly dpopNonceSecret: string;
  /** Those whose people need a passkey. */
  readonly passkeyRoles: ReadonlySet<string>;
};

/**
 * The OAuth 2.0 and OpenID Connect server: authorization code with PKCE, also by
 * pushed requests (RFC 9126), refresh with rotation, client credentials, devices
 * (RFC 8628); RFC 9068 access tokens for one API; RFC 9449 proofs where the client
 * brings them.
 */
export function createProvider(settings: ProviderSettings): Provider {
  const { issuer } = settings;
  const provider = new Provider(issuer, configurationOf(settings));
  provider.proxy = isBehindProxy(issuer);
  provider.maxIpsCount = 1;
  Object.assign(provider.Client.prototype, {
    compareClientSecret(this: { clientSecret: string }, presented: string) {
      return secretMatches(this.clientSecret, presented);
    },
  });
  const tokenStatus = createTokenStatus({
    ...settings,
    jwks: { keys: settings.signingKeys.map(publicHalf) },
  });
  provider.use((ctx, next) => {
    nameHost(ctx, issuer);
    return next();
  });
  provider.use(guardDevicePage(settings.database));
  provider.use(async (ctx, next) => {
    guardAnswer(ctx);
    await next();
    await tokenStatus(ctx as KoaContextWithOIDC);
    finishAnswer(ctx, issuer);
  });
  return provider;
}

/** This process speaks plain HTTP, so with an https issuer a proxy ends TLS in front of it. */
export function isBehindProxy(issuer: string): boolean {
  return issuer.startsWith("https:");
}

function configurationOf(settings: ProviderSettings): Configuration {
  const { accounts, clients, issuer } = settings;
  const cookie = {
    signed: true,
    httpOnly: true,
    sameSite: "lax",
    secure: isBehindProxy(issuer),
  } as const;
  return {
    adapter: settings.adapter,
    clients: clients.map(toMetadata),
    extraClientMetadata: { properties: ownMetadata },
    jwks: { keys: [...settings.signingKeys] },
    cookies: { keys: [...settings.cookieKeys], long: cookie, short: cookie },
    routes,
    ttl: lifetimes,
    scopes: oidcScopes,
    claims: idTokenClaims,
    acrValues,
    responseTypes: ["code"],
    clientAuthMethods: ["client_secret_basic", "private_key_jwt", "none"],
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    enabledJWA: {
      clientAuthSigningAlgValues: ["ES256"],
      idTokenSigningAlgValues: ["ES256"],
      dPoPSigningAlgValues: ["ES256"],
    },
    clockTolerance: 5,
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client) =>
      client.grantTypeAllowed("refresh_token"),
    expiresWithSession: (ctx) => isFirstParty(ctx.oidc.client),
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some(
        (uri) => URL.parse(uri)?.origin === origin,
      ),
    findAccount: accountFinder(accounts, settings.passkeyRoles),
    loadExistingGrant: loadGrant,
    extraTokenClaims: (ctx, token) => accessTokenClaims(accounts, ctx, token),
    features: featuresOf(settings),
    interactions: {
      url: (_ctx, { uid }) => `/interaction/${uid}`,
      policy: policy(settings),
    },
    renderError: showError,
  };
}

function featuresOf(
  settings: ProviderSettings,
): NonNullable<Configuration["features"]> {
  const { audience, accounts, dpopNonceSecret } = settings;
  const nonceSecret = hkdfSync("sha256", dpopNonceSecret, "", "dpop nonce", 32);
  return {
    claimsParameter: { enabled: true },
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: {
      enabled: true,
      nonceSecret: Buffer.from(nonceSecret),
      requireNonce: () => false,
    },
    deviceFlow,
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => mayKnow(client, token),
    },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource, client) =>
        resourceServerInfo({ audience, accounts }, ctx, { resource, client }),
    },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) =>
        token.clientId === client.clientId,
    },
    rpInitiatedLogout: {
      enabled: true,
      ...logoutPages,
    },
    userinfo: { enabled: false },
  };
}

const routes = {
  authorization: "/connect/authorize",
  code_verification: devicePath,
  device_authorization: "/connect/deviceauthorization",
  end_session: "/connect/endsession",
  introspection: "/connect/introspect",
  jwks: "/.well-known/jwks.json",
  pushed_authorization_request: "/connect/par",
  revocation: "/connect/revocation",
  token: "/connect/token",
};

/**
 * A session whose account was disabled meanwhile has to sign in again. Single claims
 * are not consented to, and so not given (OpenID Connect Core, section 5.5).
 */
function policy(settings: ProviderSettings) {
  const prompts = interactionPolicy.base();
  prompts
    .get("login")
    ?.checks.add(
      new interactionPolicy.Check(
        "account_gone",
        "the account is not there any more",
        "login_required",
        ({ oidc }) =>
          oidc.session?.accountId !== undefined && oidc.account === undefined,
      ),
    );
  prompts.get("consent")?.checks.remove("op_claims_missing");
  addPasskeyPrompt(prompts, settings);
  return prompts;
}

/**
 * Addresses in metadata and pages, and those that proofs and assertions are made for,
 * are the issuer's, whatever host a caller names.
 */
function nameHost({ req }: Context, issuer: string): void {
  const { host, protocol } = new URL(issuer);
  req.headers.host = host;
  req.headers["x-forwarded-host"] = host;
  req.headers["x-forwarded-proto"] = protocol.slice(0, -1);
}

const cached = new Set([
  routes.jwks,
  "/.well-known/openid-configuration",
  "/.well-known/oauth-authorization-server",
]);

type Context = Parameters<Parameters<Provider["use"]>[0]>[0];

function finishAnswer(ctx: Context, issuer: string): void {
  if (cached.has(ctx.path) && ctx.status === 200)
    ctx.set("cache-control", "public, max-age=300");
  const challenge = ctx.response.get("www-authenticate");
  if (ctx.path === routes.token && ctx.status === 401 && !challenge)
    ctx.set("www-authenticate", `Basic realm="${issuer}"`);
}

/** The gateway asks about every token, others about their own. */
function mayKnow(
  client: OidcClient,
  token: { readonly clientId?: string | undefined },
): boolean {
  return [gatewayId, token.clientId].includes(client.clientId);
}

function publicHalf({ kty, crv, x, y, kid, alg, use }: JWK): JWK {
  return { kty, crv, x, y, kid, alg, use } as JWK;
}
