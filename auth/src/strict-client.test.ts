import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as oauth from "oauth4webapi";
import {
  type TestAuth,
  letDeviceIn,
  openBrowser,
  signIn,
  startTestAuth,
} from "./testing.ts";

/**
 * Every flow by the low-level client of the specifications' letter, which refuses
 * answers that others forgive. Only plain HTTP on loopback is allowed to it.
 */
const insecure = { [oauth.allowInsecureRequests]: true };
const audience = "http://localhost:4000/graphql";
const redirectUri = "http://localhost:5173/callback";
const ada = "ada.employee@demo";
const spa: oauth.Client = { client_id: "hr-spa" };
const commandLine: oauth.Client = { client_id: "hr-cli" };

let auth: TestAuth;
let as: oauth.AuthorizationServer;
beforeAll(async () => {
  auth = await startTestAuth();
  const issuer = new URL(auth.issuer);
  const options = { algorithm: "oauth2", ...insecure } as const;
  as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, options),
  );
});
afterAll(() => auth.close());

test("code with PKCE by a pushed request, bound to a key from there to refresh and API", async () => {
  const keys = await oauth.generateKeyPair("ES256");
  const options = { DPoP: oauth.DPoP(spa, keys), ...insecure };
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [
    oauth.generateRandomState(),
    oauth.generateRandomNonce(),
  ];
  const pushed = await oauth.processPushedAuthorizationResponse(
    as,
    spa,
    await oauth.pushedAuthorizationRequest(
      as,
      spa,
      oauth.None(),
      new URLSearchParams({
        response_type: "code",
        redirect_uri: redirectUri,
        scope: "openid profile leave:read:self",
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      }),
      options,
    ),
  );
  const start = new URL(as.authorization_endpoint ?? "");
  start.searchParams.set("client_id", spa.client_id);
  start.searchParams.set("request_uri", pushed.request_uri);
  const redirect = await signIn(openBrowser(auth.issuer), start, {
    login: ada,
  });
  const answer = oauth.validateAuthResponse(as, spa, redirect, state);
  const tokens = await oauth.processAuthorizationCodeResponse(
    as,
    spa,
    await oauth.authorizationCodeGrantRequest(
      as,
      spa,
      oauth.None(),
      answer,
      redirectUri,
      verifier,
      options,
    ),
    { expectedNonce: nonce, requireIdToken: true },
  );
  expect(tokens.token_type).toBe("dpop");
  expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({
    sub: "usr_ada",
    name: "Ada Kern",
  });
  const next = await oauth.processRefreshTokenResponse(
    as,
    spa,
    await oauth.refreshTokenGrantRequest(
      as,
      spa,
      oauth.None(),
      tokens.refresh_token ?? "",
      options,
    ),
  );
  expect(next.refresh_token).not.toBe(tokens.refresh_token);
  expect(await validated(next.access_token, options.DPoP)).toMatchObject({
    sub: "usr_ada",
    client_id: "hr-spa",
    scope: "leave:read:self",
    cnf: { jkt: expect.any(String) },
  });
  expect(redirect.searchParams.get("iss")).toBe(auth.issuer);
});

test("a device, let in by a person", async () => {
  const device = await oauth.processDeviceAuthorizationResponse(
    as,
    commandLine,
    await oauth.deviceAuthorizationRequest(
      as,
      commandLine,
      oauth.None(),
      new URLSearchParams({ scope: "employee:read" }),
      insecure,
    ),
  );
  await letDeviceIn(openBrowser(auth.issuer), auth.issuer, {
    code: device.user_code,
    login: ada,
  });
  const tokens = await oauth.processDeviceCodeResponse(
    as,
    commandLine,
    await oauth.deviceCodeGrantRequest(
      as,
      commandLine,
      oauth.None(),
      device.device_code,
      insecure,
    ),
  );
  expect(await validated(tokens.access_token)).toMatchObject({
    sub: "usr_ada",
    client_id: "hr-cli",
    scope: "employee:read",
  });
});

test("a machine's token, introspected by it and then revoked", async () => {
  const machine: oauth.Client = { client_id: "payroll-export" };
  const proof = oauth.ClientSecretBasic(
    auth.config.secrets.PAYROLL_EXPORT_SECRET,
  );
  const tokens = await oauth.processClientCredentialsResponse(
    as,
    machine,
    await oauth.clientCredentialsGrantRequest(
      as,
      machine,
      proof,
      new URLSearchParams({ scope: "payroll:read", resource: audience }),
      insecure,
    ),
  );
  const token = tokens.access_token;
  expect(await validated(token)).toMatchObject({ sub: "payroll-export" });
  const introspect = async () =>
    oauth.processIntrospectionResponse(
      as,
      machine,
      await oauth.introspectionRequest(as, machine, proof, token, insecure),
    );
  expect(await introspect()).toMatchObject({
    active: true,
    token_type: "Bearer",
    scope: "payroll:read",
  });
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, machine, proof, token, insecure),
  );
  expect(await introspect()).toEqual({ active: false });
});

test("the metadata name every endpoint, at both well-known addresses", async () => {
  const openid = await oauth.discoveryRequest(new URL(auth.issuer), insecure);
  expect(
    await oauth.processDiscoveryResponse(new URL(auth.issuer), openid),
  ).toEqual(as);
  const at = (path: string) => `${auth.issuer}${path}`;
  expect(as).toMatchObject({
    authorization_endpoint: at("/connect/authorize"),
    device_authorization_endpoint: at("/connect/deviceauthorization"),
    end_session_endpoint: at("/connect/endsession"),
    introspection_endpoint: at("/connect/introspect"),
    jwks_uri: at("/.well-known/jwks.json"),
    pushed_authorization_request_endpoint: at("/connect/par"),
    revocation_endpoint: at("/connect/revocation"),
    token_endpoint: at("/connect/token"),
    authorization_response_iss_parameter_supported: true,
    code_challenge_methods_supported: ["S256"],
    dpop_signing_alg_values_supported: ["ES256"],
    response_types_supported: ["code"],
    grant_types_supported: expect.arrayContaining([
      "authorization_code",
      "client_credentials",
      "refresh_token",
      "urn:ietf:params:oauth:grant-type:device_code",
    ]),
    token_endpoint_auth_methods_supported: [
      "client_secret_basic",
      "private_key_jwt",
      "none",
    ],
  });
});

/** As a resource server by the letter of RFC 9068, and RFC 9449 where the token is bound. */
async function validated(token: string, dpop?: oauth.DPoPHandle) {
  const headers = new Headers({ authorization: `Bearer ${token}` });
  let request = new Request(audience, { method: "POST", headers });
  if (dpop) {
    await oauth.protectedResourceRequest(
      token,
      "POST",
      new URL(audience),
      undefined,
      undefined,
      {
        DPoP: dpop,
        ...insecure,
        [oauth.customFetch]: (url, init) => {
          request = new Request(url, init as RequestInit);
          return Promise.resolve(new Response());
        },
      },
    );
  }
  return oauth.validateJwtAccessToken(as, request, audience, {
    ...insecure,
    requireDPoP: dpop !== undefined,
  });
}
