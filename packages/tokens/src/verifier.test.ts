import { beforeEach, describe, expect, test } from "@jest/globals";
import { createAccessTokenVerifier } from "./access-token.ts";
import { type KeySource, localKeys } from "./keys.ts";
import { ask, createForge } from "./test-forge.ts";
import { audience, bearer, claims, issuer, now } from "./test-misuses.ts";
import type { Revocation } from "./verifier.ts";

const forge = createForge("ES256", "key-1");
const successor = createForge("ES256", "key-1");
const token = forge.token(
  { typ: "at+jwt" },
  claims({ jti: "token-1", gid: "g" }),
);
const request = ask(bearer(token));

let seconds = now;
let source: KeySource;
let denied: Revocation;
let verifier = open();

function open() {
  return createAccessTokenVerifier({
    issuer,
    audience,
    resourceMetadata: "https://api.example/metadata",
    keys: { ...localKeys(forge.jwks), get: (...key) => source.get(...key) },
    clock: () => seconds * 1_000,
    isRevoked: (names, issuedAt) => denied(names, issuedAt),
  });
}

beforeEach(() => {
  seconds = now;
  source = localKeys(forge.jwks);
  denied = () => false;
  verifier = open();
});

describe("R65: a token verified before", () => {
  test("is the same principal at the next request, another token another", async () => {
    const first = await verifier.verify(request);
    expect(first).toMatchObject({ kind: "verified" });
    expect(await verifier.verify(request)).toBe(first);
    const again = forge.token({ typ: "at+jwt" }, claims({ jti: "token-1" }));
    expect(await verifier.verify(ask(bearer(again)))).not.toBe(first);
  });

  test("is not taken for another with an altered signature", async () => {
    await verifier.verify(request);
    const altered =
      token.slice(0, -4) + (token.endsWith("AAAA") ? "BBBB" : "AAAA");
    expect(await verifier.verify(ask(bearer(altered)))).toMatchObject({
      reason: "SIGNATURE_INVALID",
    });
  });

  test("is refused once it has expired, and not before", async () => {
    await verifier.verify(request);
    seconds = now + 295;
    expect(await verifier.verify(request)).toMatchObject({ kind: "verified" });
    seconds = now + 296;
    expect(await verifier.verify(request)).toMatchObject({
      reason: "TOKEN_EXPIRED",
    });
  });

  test("R60: is refused once it is denied, and told apart by principal and time of issue", async () => {
    await verifier.verify(request);
    const asked: unknown[] = [];
    denied = ({ tokenId, grantId, subject }, issuedAt) => {
      asked.push({ tokenId, grantId, subject, issuedAt });
      return true;
    };
    expect(await verifier.verify(request)).toMatchObject({
      status: 401,
      reason: "TOKEN_REVOKED",
    });
    expect(asked).toEqual([
      {
        tokenId: "token-1",
        grantId: "g",
        subject: "usr_ada",
        issuedAt: now - 10,
      },
    ]);
    denied = () => false;
    expect(await verifier.verify(request)).toMatchObject({ kind: "verified" });
  });

  test("R76: is refused once its issuer drops the key", async () => {
    await verifier.verify(request);
    source = localKeys(createForge("ES256", "key-2").jwks);
    expect(await verifier.verify(request)).toMatchObject({
      status: 401,
      reason: "KEY_UNKNOWN",
    });
  });

  test("R76: is refused once its key's name belongs to another key", async () => {
    await verifier.verify(request);
    source = localKeys(successor.jwks);
    expect(await verifier.verify(request)).toMatchObject({
      reason: "SIGNATURE_INVALID",
    });
  });

  test("R74: waits while its key cannot be looked up, without a challenge", async () => {
    await verifier.verify(request);
    source = { ...source, get: () => Promise.resolve("unavailable") };
    expect(await verifier.verify(request)).toEqual({
      kind: "refused",
      status: 503,
      reason: "KEYS_UNAVAILABLE",
      code: "SERVICE_UNAVAILABLE",
      message: "Tokens cannot be verified right now. Try again shortly.",
      challenges: [],
      retryAfter: 5,
    });
  });
});

test("R65: a refusal is not remembered", async () => {
  source = localKeys(successor.jwks);
  expect(await verifier.verify(request)).toMatchObject({
    reason: "SIGNATURE_INVALID",
  });
  source = localKeys(forge.jwks);
  expect(await verifier.verify(request)).toMatchObject({ kind: "verified" });
});

test("no key of a set with two of the same name verifies anything", async () => {
  source = localKeys({ keys: [...forge.jwks.keys, ...successor.jwks.keys] });
  expect(await verifier.verify(request)).toMatchObject({
    reason: "KEY_UNKNOWN",
  });
});

test("closing the verifier closes its keys", () => {
  let closed = 0;
  const keys = { ...localKeys(forge.jwks), close: () => void (closed += 1) };
  createAccessTokenVerifier({
    issuer,
    audience,
    resourceMetadata: "https://api.example/metadata",
    keys,
  }).close();
  expect(closed).toBe(1);
});
