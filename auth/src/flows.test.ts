import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createAccessTokenVerifier, remoteKeys } from "@hr/tokens";
import { calculateJwkThumbprint, createRemoteJWKSet, jwtVerify } from "jose";
import * as client from "openid-client";
import {
  type TestAuth,
  callback,
  openBrowser,
  signIn,
  startTestAuth,
} from "./testing.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startTestAuth();
});
afterAll(() => auth.close());

const insecure = { execute: [client.allowInsecureRequests] };

describe("an independent client", () => {
  test("signs Ada in with code and PKCE, and reads who she is from the ID token", async () => {
    const { tokens } = await signInWith("explorer");
    expect(lasting(tokens.claims() ?? {})).toEqual({
      iss: auth.issuer,
      aud: "explorer",
      sub: "usr_ada",
      nonce: expect.any(String),
      name: "Ada Kern",
      preferred_username: "ada.employee@demo",
      email: "ada.employee@demo",
      role: "employee",
      employee_id: "emp_ada",
    });
    expect(tokens.scope).toBe("employee:read leave:read:self");
    expect(tokens.expires_in).toBe(300);
  });

  test("gets access tokens with exactly the claims agreed on", async () => {
    const { tokens } = await signInWith("explorer");
    const { payload, protectedHeader } = await verified(tokens.access_token);
    const { keys } = await publicKeys();
    expect(protectedHeader).toEqual({
      alg: "ES256",
      typ: "at+jwt",
      kid: await calculateJwkThumbprint(keys[0] ?? {}),
    });
    expect(lasting(payload)).toEqual({
      iss: auth.issuer,
      aud: "http://localhost:4000/graphql",
      sub: "usr_ada",
      client_id: "explorer",
      scope: "employee:read leave:read:self",
      employee_id: "emp_ada",
      gid: expect.any(String),
      actor: "user",
      roles: ["employee"],
      auth_time: expect.any(Number),
      acr: "urn:hr:acr:password",
      amr: ["pwd"],
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(300);
    expect(payload.jti).toMatch(/^[\w-]{21,}$/);
  });

  test("gets tokens the gateway takes for what they are", async () => {
    const { tokens } = await signInWith("explorer");
    const { issuer } = auth;
    const verifier = createAccessTokenVerifier({
      issuer,
      audience: "http://localhost:4000/graphql",
      keys: remoteKeys({ issuer, development: true }),
      resourceMetadata:
        "http://localhost:4000/.well-known/oauth-protected-resource/graphql",
      development: true,
    });
    const authorization = [`Bearer ${tokens.access_token}`];
    const verified = await verifier.verify({
      method: "POST",
      url: "/graphql",
      headersDistinct: { authorization },
    });
    verifier.close();
    expect(verified).toMatchObject({
      kind: "verified",
      principal: {
        kind: "person",
        subject: "usr_ada",
        employeeId: "emp_ada",
        scopes: new Set(["employee:read", "leave:read:self"]),
      },
    });
  });

  test("refreshes, and gets another refresh token each time", async () => {
    const { config, tokens } = await signInWith("explorer");
    const first = tokens.refresh_token ?? "";
    const next = await client.refreshTokenGrant(config, first);
    const last = await client.refreshTokenGrant(
      config,
      next.refresh_token ?? "",
    );
    expect(new Set([first, next.refresh_token, last.refresh_token]).size).toBe(
      3,
    );
    const [before, after] = await Promise.all(
      [tokens, last].map((one) => verified(one.access_token)),
    );
    expect(lasting(after?.payload ?? {})).toEqual(
      lasting(before?.payload ?? {}),
    );
  });

  test("binds tokens of the web app to its key, and needs that key to refresh", async () => {
    const keys = await client.randomDPoPKeyPair("ES256");
    const { config, tokens } = await signInWith("hr-spa", keys);
    const { payload } = await verified(tokens.access_token);
    expect(tokens.token_type).toBe("dpop");
    expect(payload["cnf"]).toEqual({
      jkt: await calculateJwkThumbprint(keys.publicKey),
    });
    const token = tokens.refresh_token ?? "";
    await expect(client.refreshTokenGrant(config, token)).rejects.toThrow();
    const DPoP = client.getDPoPHandle(config, keys);
    const next = await client.refreshTokenGrant(config, token, {}, { DPoP });
    expect(next.token_type).toBe("dpop");
  });

  test("signs in on the command line over a loopback redirect on any port, after consent", async () => {
    const { tokens } = await signInWith("hr-cli");
    const { payload } = await verified(tokens.access_token);
    expect(payload["client_id"]).toBe("hr-cli");
  });

  test("gets a machine token that carries no trace of a person", async () => {
    const config = await client.discovery(
      new URL(auth.issuer),
      "payroll-export",
      {},
      client.ClientSecretBasic(auth.config.secrets.PAYROLL_EXPORT_SECRET),
      insecure,
    );
    const tokens = await client.clientCredentialsGrant(config, {
      scope: "payroll:read",
    });
    const { payload } = await verified(tokens.access_token);
    expect(lasting(payload)).toEqual({
      iss: auth.issuer,
      aud: "http://localhost:4000/graphql",
      sub: "payroll-export",
      client_id: "payroll-export",
      scope: "payroll:read",
      actor: "service",
    });
    expect(tokens.refresh_token).toBeUndefined();
  });
});

describe("the published metadata", () => {
  test("is the same at both addresses, and cacheable for five minutes", async () => {
    const names = ["openid-configuration", "oauth-authorization-server"];
    const answers = await Promise.all(
      names.map((name) => fetch(`${auth.issuer}/.well-known/${name}`)),
    );
    const [one, other] = await Promise.all(answers.map((each) => each.json()));
    expect(one).toEqual(other);
    expect(one).toMatchObject({
      issuer: auth.issuer,
      jwks_uri: `${auth.issuer}/.well-known/jwks.json`,
      token_endpoint: `${auth.issuer}/connect/token`,
      authorization_endpoint: `${auth.issuer}/connect/authorize`,
      end_session_endpoint: `${auth.issuer}/connect/endsession`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
    });
    expect(one).not.toHaveProperty("userinfo_endpoint");
    for (const answer of answers)
      expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
  });

  test("holds public halves of keys only, cacheable for five minutes", async () => {
    const { keys, headers } = await publicKeys();
    const members = ["alg", "crv", "kid", "kty", "use", "x", "y"];
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([
      members,
      members,
    ]);
    expect(headers.get("cache-control")).toBe("public, max-age=300");
  });
});

async function signInWith(id: string, keys?: client.CryptoKeyPair) {
  const config = await client.discovery(
    new URL(auth.issuer),
    id,
    {},
    client.None(),
    insecure,
  );
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUris[id] ?? callback,
    scope: "openid profile email employee:read leave:read:self",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
  });
  const redirect = await signIn(openBrowser(auth.issuer), url, {
    login: "ada.employee@demo",
  });
  const tokens = await client.authorizationCodeGrant(
    config,
    redirect,
    { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true },
    {},
    keys && { DPoP: client.getDPoPHandle(config, keys) },
  );
  return { config, tokens };
}

const redirectUris: Readonly<Record<string, string>> = {
  "hr-spa": "http://localhost:5173/callback",
  "hr-cli": "http://127.0.0.1:53682/callback",
};

function verified(token: string) {
  const keys = createRemoteJWKSet(
    new URL(`${auth.issuer}/.well-known/jwks.json`),
  );
  return jwtVerify(token, keys, {
    issuer: auth.issuer,
    audience: "http://localhost:4000/graphql",
    algorithms: ["ES256"],
    typ: "at+jwt",
  });
}

/** Without what differs from token to token. */
function lasting(claims: object) {
  const passing = ["iat", "exp", "jti"];
  return Object.fromEntries(
    Object.entries(claims).filter(([name]) => !passing.includes(name)),
  );
}

async function publicKeys() {
  const answer = await fetch(`${auth.issuer}/.well-known/jwks.json`);
  const { keys } = (await answer.json()) as { keys: client.JWK[] };
  return { keys, headers: answer.headers };
}
