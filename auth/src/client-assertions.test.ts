import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type CryptoKey,
  type JWTPayload,
  SignJWT,
  exportJWK,
  generateKeyPair,
} from "jose";
import * as client from "openid-client";
import { type TestAuth, askToken, basic, startTestAuth } from "./testing.ts";

const kid = "key-of-the-export";
let auth: TestAuth;
let privateKey: CryptoKey;
beforeAll(async () => {
  auth = await startTestAuth();
  const pair = await generateKeyPair("ES256", { extractable: true });
  privateKey = pair.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid, alg: "ES256" };
  await auth.database
    .insertInto("client")
    .values({
      id: "absence-export",
      name: "Absence export",
      kind: "machine",
      scopes: ["leave:read", "employee:read"],
      redirect_uris: [],
      post_logout_redirect_uris: [],
      secret_digest: null,
      jwks: JSON.stringify({ keys: [jwk] }),
      pushed_requests_only: false,
      disabled_at: null,
    })
    .execute();
});
afterAll(() => auth.close());

describe("a machine that proves itself with its own key (RFC 7523)", () => {
  test("gets tokens through a certified client library", async () => {
    const config = await client.discovery(
      new URL(auth.issuer),
      "absence-export",
      {},
      client.PrivateKeyJwt({ key: privateKey, kid }),
      { execute: [client.allowInsecureRequests] },
    );
    const tokens = await client.clientCredentialsGrant(config);
    expect(tokens.scope).toBe("leave:read employee:read");
  });

  test("asks for less, and never gets more than it is registered for", async () => {
    const less = await ask(await assertion(), { scope: "leave:read" });
    expect(less.body["scope"]).toBe("leave:read");
    const more = await ask(await assertion(), { scope: "payroll:read" });
    expect([more.status, more.body]).toEqual([
      400,
      expect.objectContaining({ error: "invalid_scope" }),
    ]);
  });

  test("uses an assertion once, also when it comes six times at once", async () => {
    for (let round = 0; round < 4; round++) {
      const one = await assertion();
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => ask(one)),
      );
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      expect((await ask(one)).status).toBe(401);
    }
  });

  const past = Math.floor(Date.now() / 1000) - 600;
  const wrong: readonly (readonly [string, JWTPayload])[] = [
    ["meant for another issuer", { aud: "https://elsewhere.example" }],
    ["of another client", { sub: "payroll-export" }],
    ["that has expired", { iat: past, exp: past + 60 }],
    ["without an id", { jti: "" }],
  ];
  test.each(wrong.map(([name, claims]) => ({ name, claims })))(
    "is refused with an assertion $name",
    async ({ claims }) => {
      const answer = await ask(await assertion(claims));
      expect([answer.status, answer.body["error"]]).toEqual([
        401,
        "invalid_client",
      ]);
    },
  );

  test("is refused with another's key, a secret, or nothing", async () => {
    const { privateKey: other } = await generateKeyPair("ES256");
    const form = { grant_type: "client_credentials" };
    const answers = [
      await ask(await assertion({}, other)),
      await askToken(auth.issuer, form, basic("absence-export", "secret")),
      await askToken(auth.issuer, { ...form, client_id: "absence-export" }),
    ];
    expect(answers.map(({ body }) => body["error"])).toEqual(
      answers.map(() => "invalid_client"),
    );
  });

  test("is refused once it is disabled", async () => {
    expect((await ask(await assertion())).status).toBe(200);
    await auth.database
      .updateTable("client")
      .set({ disabled_at: new Date() })
      .execute();
    expect((await ask(await assertion())).body["error"]).toBe("invalid_client");
  });
});

function assertion(claims: JWTPayload = {}, key = privateKey) {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: "absence-export",
    sub: "absence-export",
    aud: auth.issuer,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...claims,
  })
    .setProtectedHeader({ alg: "ES256", kid })
    .sign(key);
}

function ask(
  clientAssertion: string,
  form: Readonly<Record<string, string>> = {},
) {
  return askToken(auth.issuer, {
    grant_type: "client_credentials",
    client_assertion_type:
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: clientAssertion,
    ...form,
  });
}
