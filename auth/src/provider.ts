import { hkdfSync } from "node:crypto";
import type { JWK } from "jose";
import {
  type AdapterFactory,
  type Configuration,
  type KoaContextWithOIDC,
  Provider,
  interactionPolicy,
} from "oidc-provider";
import type { Accounts } from "./accounts.ts";
import { accessTokenClaims, accountFinder, idTokenClaims } from "./claims.ts";
import { type Clients, secretMatches, toMetadata } from "./clients.ts";
import { isFirstParty, loadGrant } from "./grants.ts";
import { logoutPage, signedOutPage } from "./pages/logout.ts";
import { faultPage } from "./pages/notice.ts";
import { type Page, pageHeaders, renderPage } from "./pages/page.ts";
import {
  accessTokenSeconds,
  oidcScopes,
  resourceServerInfo,
} from "./resource.ts";

export type ProviderSettings = {
  readonly issuer: string;
  readonly audience: string;
  readonly clients: Clients;
  readonly accounts: Accounts;
  readonly adapter: AdapterFactory;
  readonly signingKey: JWK;
  /** The first signs, all verify. */
  readonly cookieKeys: readonly string[];
  readonly dpopNonceSecret: string;
};

const minute = 60;
const hour = 60 * minute;

/**
 * The OAuth 2.0 and OpenID Connect server: authorization code with PKCE, refresh
 * with rotation, client credentials; RFC 9068 access tokens for one API; RFC 9449
 * proofs where the client brings them.
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
  provider.use(async (ctx, next) => {
    await next();
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
    clients: [...clients.values()].map(toMetadata),
    jwks: { keys: [settings.signingKey] },
    cookies: { keys: [...settings.cookieKeys], long: cookie, short: cookie },
    routes,
    ttl: lifetimes,
    scopes: oidcScopes,
    claims: idTokenClaims,
    responseTypes: ["code"],
    clientAuthMethods: ["client_secret_basic", "none"],
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    enabledJWA: {
      idTokenSigningAlgValues: ["ES256"],
      dPoPSigningAlgValues: ["ES256"],
    },
    clockTolerance: 5,
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client) =>
      client.grantTypeAllowed("refresh_token"),
    expiresWithSession: (ctx) => isFirstParty(clients, ctx.oidc.client),
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some(
        (uri) => URL.parse(uri)?.origin === origin,
      ),
    findAccount: accountFinder(accounts),
    loadExistingGrant: (ctx) => loadGrant(clients, ctx),
    extraTokenClaims: (ctx, token) => accessTokenClaims(accounts, ctx, token),
    features: featuresOf(settings),
    interactions: {
      url: (_ctx, { uid }) => `/interaction/${uid}`,
      policy: policy(),
    },
    renderError: (ctx, out) => showPage(ctx, errorPage(ctx.status, out.error)),
  };
}

function featuresOf(
  settings: ProviderSettings,
): NonNullable<Configuration["features"]> {
  const { audience, clients, accounts, dpopNonceSecret } = settings;
  const nonceSecret = hkdfSync("sha256", dpopNonceSecret, "", "dpop nonce", 32);
  return {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: {
      enabled: true,
      nonceSecret: Buffer.from(nonceSecret),
      requireNonce: () => false,
    },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource, { clientId }) =>
        resourceServerInfo({ audience, clients, accounts }, ctx, {
          resource,
          clientId,
        }),
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => showPage(ctx, logoutPage(form)),
      postLogoutSuccessSource: (ctx) => showPage(ctx, signedOutPage()),
    },
    userinfo: { enabled: false },
  };
}

const routes = {
  authorization: "/connect/authorize",
  token: "/connect/token",
  end_session: "/connect/endsession",
  jwks: "/.well-known/jwks.json",
};

/** Seconds. The grant is the hard stop of a chain of refresh tokens. */
const lifetimes = {
  AccessToken: accessTokenSeconds,
  ClientCredentials: accessTokenSeconds,
  IdToken: 5 * minute,
  AuthorizationCode: 30,
  Interaction: 10 * minute,
  RefreshToken: 8 * hour,
  Session: 8 * hour,
  Grant: 14 * 24 * hour,
};

/** A session whose account was disabled meanwhile has to sign in again. */
function policy() {
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
  return prompts;
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

function showPage(ctx: KoaContextWithOIDC, page: Page): void {
  ctx.status = page.status;
  ctx.set({ ...pageHeaders });
  ctx.body = renderPage(page);
}

function errorPage(status: number, error: string): Page {
  const text =
    error === "server_error"
      ? "Something went wrong here. Go back to the application and try again."
      : "The application sent a request that cannot be answered, or it has expired. Go back to the application and start again.";
  return faultPage(status, { title: `Sign-in failed (${error})`, text });
}
