import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { decodeJwt } from "jose";
import * as client from "openid-client";
import { digestOf } from "./clients.ts";
import {
  type TestAuth,
  askToken,
  authorizationRequest,
  basic,
  callback,
  exchangeOf,
  openBrowser,
  postForm,
  signIn,
  startTestAuth,
} from "./testing.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startTestAuth();
  await auth.database
    .insertInto("client")
    .values({
      id: "cautious",
      name: "Cautious",
      kind: "partner",
      scopes: ["employee:read"],
      redirect_uris: ["https://cautious.example/callback"],
      post_logout_redirect_uris: [],
      secret_digest: digestOf("secret of cautious"),
      jwks: null,
      pushed_requests_only: true,
      disabled_at: null,
    })
    .execute();
});
afterAll(() => auth.close());

const ada = { login: "ada.employee@demo" };

describe("a pushed authorization request", () => {
  test("leads a certified client library to tokens", async () => {
    const insecure = { execute: [client.allowInsecureRequests] };
    const config = await client.discovery(
      new URL(auth.issuer),
      "explorer",
      {},
      client.None(),
      insecure,
    );
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const url = await client.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: callback,
      scope: "openid employee:read",
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
    expect([...url.searchParams.keys()].sort()).toEqual([
      "client_id",
      "request_uri",
    ]);
    const redirect = await signIn(openBrowser(auth.issuer), url, ada);
    const tokens = await client.authorizationCodeGrant(config, redirect, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    expect(tokens.scope).toBe("employee:read");
    expect(decodeJwt(tokens.access_token).sub).toBe("usr_ada");
  });

  test("works once", async () => {
    const { url } = await push(explorer());
    const first = await signIn(openBrowser(auth.issuer), url, ada);
    expect(first.searchParams.get("code")).toMatch(/./);
    const second = await openBrowser(auth.issuer).visit(url);
    expect(second.status).toBe(400);
    expect(second.text).toContain("invalid_request_uri");
  });

  test("that six finish at once gives one code", async () => {
    for (let round = 0; round < 3; round++) {
      const { url } = await push(explorer());
      const ends = await Promise.all(
        Array.from({ length: 6 }, () =>
          signIn(openBrowser(auth.issuer), url, ada).then(
            (redirect) => redirect.searchParams.has("code"),
            () => false,
          ),
        ),
      );
      expect(ends.filter(Boolean)).toHaveLength(1);
    }
  });

  test.each([
    ["without PKCE", { code_challenge: undefined }, "invalid_request"],
    [
      "to an unregistered address",
      { redirect_uri: "https://elsewhere.example/" },
      "invalid_request",
    ],
    ["for a scope that is not the client's", { scope: "all" }, "invalid_scope"],
    [
      "that refers to another",
      { request_uri: "urn:x" },
      "request_uri_not_supported",
    ],
  ])("%s is refused at once", async (_name, params, error) => {
    const { status, body } = await push(explorer(params));
    expect([status, body]).toEqual([400, expect.objectContaining({ error })]);
  });
});

describe("a client that has to push", () => {
  const params = {
    client_id: "cautious",
    redirect_uri: "https://cautious.example/callback",
  };

  test("is refused on the front channel", async () => {
    const { url } = authorizationRequest(auth.issuer, params);
    const { url: redirect } = await openBrowser(auth.issuer).follow(url);
    expect(redirect.searchParams.get("error")).toBe("invalid_request");
  });

  test("gets tokens after consent, and none without its secret", async () => {
    const headers = basic("cautious", "secret of cautious");
    const request = authorizationRequest(auth.issuer, params);
    expect((await push(request)).status).toBe(401);
    const { url } = await push(request, headers);
    const redirect = await signIn(openBrowser(auth.issuer), url, ada);
    const form = { ...exchangeOf(redirect, request.verifier), ...params };
    const answer = await askToken(auth.issuer, form, headers);
    expect(answer.body["scope"]).toBe("employee:read");
  });
});

function explorer(params: Readonly<Record<string, string | undefined>> = {}) {
  return authorizationRequest(auth.issuer, params);
}

async function push(
  request: { readonly url: URL },
  headers: Readonly<Record<string, string>> = {},
) {
  const form = Object.fromEntries(request.url.searchParams);
  const answer = await postForm(`${auth.issuer}/connect/par`, form, headers);
  const { request_uri: uri = "" } = answer.body as { request_uri?: string };
  const url = new URL("/connect/authorize", auth.issuer);
  url.searchParams.set("client_id", form["client_id"] ?? "");
  url.searchParams.set("request_uri", uri);
  return { ...answer, url };
}
