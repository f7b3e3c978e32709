import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  createInternalTokenVerifier,
  subgraphAudience,
} from "./internal-token.ts";
import { localKeys } from "./keys.ts";
import { type Part, ask, createForge } from "./test-forge.ts";
import { createTestIssuer, createTestMint } from "./testing.ts";

const now = 1_800_000_000;
const clock = () => now * 1_000;
const forge = createForge("EdDSA", "key-1");
const issuerForge = createForge("ES256", "key-issuer");
const verifier = createInternalTokenVerifier({
  issuer: "urn:hr:gateway",
  subgraph: "payroll",
  keys: localKeys({ keys: [...forge.jwks.keys, ...issuerForge.jwks.keys] }),
  clock,
});

const claims = (changes: Part = {}): Part => ({
  iss: "urn:hr:gateway",
  aud: "urn:hr:subgraph:payroll",
  sub: "usr_pam",
  client_id: "hr-spa",
  jti: "token-1",
  iat: now,
  exp: now + 60,
  ...changes,
});
const header = { typ: "hr-internal+jwt" };
const send = (token: string, scheme = "Bearer") =>
  verifier.verify(ask({ authorization: `${scheme} ${token}` }));
const sendClaims = (changes: Part) =>
  send(forge.token(header, claims(changes)));

describe("R78: a subgraph", () => {
  test("takes the gateway's token made for it", async () => {
    expect(await sendClaims({})).toMatchObject({
      kind: "verified",
      principal: { subject: "usr_pam" },
    });
  });

  test("refuses a call without a token, whatever else identifies it, and asks for Bearer alone", async () => {
    const bare = {
      method: "POST",
      url: "/graphql",
      contentType: "application/json",
      headersDistinct: { "x-user": ["usr_pam"], "x-scope": ["payroll:write"] },
    };
    expect(await verifier.verify(bare)).toEqual({
      kind: "refused",
      status: 401,
      reason: "NO_TOKEN",
      code: "UNAUTHENTICATED",
      message:
        "This needs an access token: send one in the Authorization header.",
      challenges: ['Bearer realm="hr"'],
    });
  });

  test.each([
    [
      "the caller's own token",
      issuerForge,
      { typ: "at+jwt", alg: "ES256" },
      "ALG_NOT_ALLOWED",
    ],
    [
      "a token signed by the issuer's key",
      issuerForge,
      { ...header, alg: "ES256" },
      "ALG_NOT_ALLOWED",
    ],
    [
      "one that only says EdDSA",
      issuerForge,
      { ...header, alg: "EdDSA" },
      "KEY_UNKNOWN",
    ],
    ["a token of another kind", forge, { typ: "at+jwt" }, "WRONG_TOKEN_KIND"],
    [
      "a token by another key",
      createForge("EdDSA", "key-1"),
      header,
      "SIGNATURE_INVALID",
    ],
  ])("refuses %s", async (_what, by, parameters, reason) => {
    expect(await send(by.token(parameters, claims()))).toMatchObject({
      status: 401,
      reason,
    });
  });

  test.each([
    ["a sibling's", { aud: subgraphAudience("leave") }, "AUDIENCE_MISMATCH"],
    ["the API's", { aud: "https://api.example/graphql" }, "AUDIENCE_MISMATCH"],
    [
      "one with the issuer's iss",
      { iss: "https://id.example" },
      "ISSUER_MISMATCH",
    ],
    ["one older than 60 s", { iat: now - 66, exp: now - 6 }, "TOKEN_EXPIRED"],
    ["one valid longer", { exp: now + 61 }, "LIFETIME_TOO_LONG"],
    ["a bound one", { cnf: { jkt: "a".repeat(43) } }, "CNF_UNSUPPORTED"],
    [
      "a granted_scope that is a list",
      { granted_scope: ["a:b"] },
      "SCOPE_INVALID",
    ],
    ["one for nobody", { sub: undefined }, "CLAIM_INVALID"],
  ])("refuses a token that is %s", async (_what, changes, reason) => {
    expect(await sendClaims(changes)).toMatchObject({ status: 401, reason });
  });

  test("refuses its own token by the DPoP scheme", async () => {
    expect(await send(forge.token(header, claims()), "DPoP")).toMatchObject({
      status: 401,
      reason: "UNSUPPORTED_SCHEME",
    });
  });

  test.each(["issuer", "subgraph"])("does not start without its %s", (name) => {
    const options = { issuer: "urn:hr:gateway", subgraph: "payroll" };
    const keys = localKeys(forge.jwks);
    expect(() =>
      createInternalTokenVerifier({ ...options, keys, [name]: "" }),
    ).toThrow(TypeError);
  });
});

test("R66: a token for nobody has no scope, whatever it says", async () => {
  const nobody = { sub: "anonymous", client_id: "anonymous", scope: "a:b" };
  expect(await sendClaims(nobody)).toMatchObject({
    principal: { kind: "anonymous", scopes: new Set() },
  });
});

describe("the kit for tests", () => {
  let mint: Awaited<ReturnType<typeof createTestMint>>;
  const caller = {
    subgraph: "payroll",
    sub: "usr_pam",
    clientId: "hr-spa",
    scope: "payroll:read",
    employeeId: "emp_pam",
    grantedScope: "payroll:read leave:read",
    claims: { department: "finance" },
  };

  beforeAll(async () => {
    mint = await createTestMint({ clock });
  });

  const verifyWith = async (keys = mint.keys) =>
    createInternalTokenVerifier({
      issuer: "urn:hr:gateway",
      subgraph: "payroll",
      keys,
      clock,
    }).verify(ask({ authorization: `Bearer ${await mint.token(caller)}` }));

  test("mints with a key of its own", async () => {
    expect(await verifyWith()).toMatchObject({
      kind: "verified",
      principal: {
        kind: "person",
        subject: "usr_pam",
        clientId: "hr-spa",
        employeeId: "emp_pam",
        scopes: new Set(["payroll:read"]),
        grantedScopes: new Set(["payroll:read", "leave:read"]),
        claims: { department: "finance" },
      },
    });
    expect(mint.jwks.keys[0]).not.toHaveProperty("d");
  });

  test("R82: is believed by nobody who was not given that key", async () => {
    expect(await verifyWith(localKeys(forge.jwks))).toMatchObject({
      reason: "KEY_UNKNOWN",
    });
  });

  test("issues no token a subgraph takes", async () => {
    const issuer = await createTestIssuer({
      issuer: "urn:hr:gateway",
      audience: subgraphAudience("payroll"),
      clock,
    });
    expect(await send(await issuer.accessToken())).toMatchObject({
      reason: "ALG_NOT_ALLOWED",
    });
  });
});
