import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "@jest/globals";
import { createAccessTokenVerifier } from "./access-token.ts";
import { localKeys } from "./keys.ts";
import {
  type Asking,
  type ProofChanges,
  ask,
  createForge,
  proofOf,
  thumbprint,
} from "./test-forge.ts";
import {
  audience,
  forge,
  issuer,
  keys,
  now,
  tokenWith,
} from "./test-misuses.ts";

const client = createForge("ES256", "client");
const stranger = createForge("ES256", "stranger");
const token = tokenWith({ cnf: { jkt: thumbprint(client.jwk) } });
const otherToken = tokenWith({ cnf: { jkt: thumbprint(client.jwk) } });
const htu = audience;
const privateJwk = client.privateKey.export({ format: "jwk" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
const noProof = "";

function open(seconds: () => number = () => now) {
  return createAccessTokenVerifier({
    issuer,
    audience,
    resourceMetadata: "https://api.example/metadata",
    keys,
    clock: () => seconds() * 1_000,
  });
}

const proof = (changes?: ProofChanges, of = token) =>
  proofOf(client, { token: of, htu, now }, changes);
const withProof = (dpop: string | readonly string[]): Asking => ({
  authorization: `DPoP ${token}`,
  dpop,
});
const signedByOther = () => {
  const [header, payload] = proof().split(".");
  const [, , signature] = proofOf(stranger, { token, htu, now }).split(".");
  return `${header}.${payload}.${signature}`;
};

test.each<readonly [string, readonly string[] | string]>([
  ["that is empty", noProof],
  ["that comes twice", [proof(), proof()]],
  ["that is no token", "abc"],
  ["of another typ", proof({ header: { typ: "JWT" } })],
  ["without typ", proof({ header: { typ: undefined } })],
  ["without algorithm", proof({ header: { alg: "none" } })],
  ["of a symmetric algorithm", proof({ header: { alg: "HS256" } })],
  [
    "with a symmetric key",
    proof({ header: { jwk: { kty: "oct", k: "AAAA" } } }),
  ],
  [
    "with an RSA key",
    proof({ header: { jwk: rsa.export({ format: "jwk" }) } }),
  ],
  ["with the private key inside", proof({ header: { jwk: privateJwk } })],
  ["without a key", proof({ header: { jwk: undefined } })],
  ["with a critical extension", proof({ header: { crit: ["x"], x: 1 } })],
  ["of another key", proofOf(stranger, { token, htu, now })],
  ["signed by another key than it shows", signedByOther()],
  ["of another token", proof({}, otherToken)],
  ["without ath", proof({ claims: { ath: undefined } })],
  ["of another method", proof({ claims: { htm: "GET" } })],
  ["of another host", proof({ claims: { htu: "https://gateway-7/graphql" } })],
  ["of another path", proof({ claims: { htu: `${audience}/x` } })],
  [
    "of another protocol",
    proof({ claims: { htu: "http://api.example/graphql" } }),
  ],
  ["without htu", proof({ claims: { htu: undefined } })],
  ["that is stale", proof({ claims: { iat: now - 61 } })],
  ["from the future", proof({ claims: { iat: now + 61 } })],
  ["without a time", proof({ claims: { iat: undefined } })],
  ["without an id", proof({ claims: { jti: undefined } })],
  ["with an empty id", proof({ claims: { jti: "" } })],
  ["above 4096 bytes", proof({ claims: { pad: "x".repeat(4_096) } })],
])("R62: refuses a proof %s", async (_what, dpop) => {
  expect(await open().verify(ask(withProof(dpop)))).toMatchObject({
    kind: "refused",
    status: 401,
    reason: "DPOP_INVALID",
  });
});

test.each<readonly [string, string]>([
  ["that is right", proof()],
  ["59 s old", proof({ claims: { iat: now - 59 } })],
  ["59 s ahead", proof({ claims: { iat: now + 59 } })],
  [
    "whose htu has a query and a fragment",
    proof({ claims: { htu: `${htu}?a=1#b` } }),
  ],
  [
    "whose htu names the default port",
    proof({ claims: { htu: "https://API.example:443/graphql" } }),
  ],
])("R64: accepts a proof %s", async (_what, dpop) => {
  expect(await open().verify(ask(withProof(dpop)))).toMatchObject({
    kind: "verified",
    principal: { subject: "usr_ada" },
  });
});

test("R64: accepts the scheme in any case, and GET with a proof for it", async () => {
  const asking = {
    authorization: `dpop ${token}`,
    dpop: proof({ claims: { htm: "GET" } }),
    method: "GET",
  };
  expect(await open().verify(ask(asking))).toMatchObject({ kind: "verified" });
});

test("R62: takes a proof once, of many at the same time too", async () => {
  const verifier = open();
  const once = withProof(proof());
  const outcomes = await Promise.all(
    Array.from({ length: 6 }, () => verifier.verify(ask(once))),
  );
  expect(outcomes.filter(({ kind }) => kind === "verified")).toHaveLength(1);
  expect(await verifier.verify(ask(once))).toMatchObject({
    reason: "DPOP_INVALID",
  });
  expect(await verifier.verify(ask(withProof(proof())))).toMatchObject({
    kind: "verified",
  });
});

test("R62: remembers a proof for as long as it is fresh", async () => {
  let seconds = now;
  const verifier = open(() => seconds);
  const early = withProof(proof({ claims: { iat: now + 60 } }));
  expect(await verifier.verify(ask(early))).toMatchObject({ kind: "verified" });
  seconds = now + 120;
  expect(await verifier.verify(ask(early))).toMatchObject({
    reason: "DPOP_INVALID",
  });
});

test("R65: proves the proof again when the token is cached", async () => {
  const verifier = open();
  expect(await verifier.verify(ask(withProof(proof())))).toMatchObject({
    kind: "verified",
  });
  expect(
    await verifier.verify(ask(withProof(proof({ claims: { htm: "PUT" } })))),
  ).toMatchObject({ reason: "DPOP_INVALID" });
  expect(
    await verifier.verify(ask({ authorization: `Bearer ${token}` })),
  ).toMatchObject({ reason: "DPOP_REQUIRED" });
});

test("R62: refuses a private key inside, also of a client known already", async () => {
  const verifier = open();
  await verifier.verify(ask(withProof(proof())));
  const showing = proof({ header: { jwk: privateJwk } });
  expect(await verifier.verify(ask(withProof(showing)))).toMatchObject({
    reason: "DPOP_INVALID",
  });
});

test("R62: two keys may use the same id", async () => {
  const verifier = open();
  const other = tokenWith({ cnf: { jkt: thumbprint(stranger.jwk) } });
  const claims = { jti: "proof-1" };
  const second = proofOf(stranger, { token: other, htu, now }, { claims });
  expect(
    await verifier.verify(ask(withProof(proof({ claims })))),
  ).toMatchObject({
    kind: "verified",
  });
  expect(
    await verifier.verify(
      ask({ authorization: `DPoP ${other}`, dpop: second }),
    ),
  ).toMatchObject({ kind: "verified" });
});

test("R62: no proof fits an audience that is no URL", async () => {
  const verifier = createAccessTokenVerifier({
    issuer,
    audience: "hr-api",
    resourceMetadata: "https://api.example/metadata",
    keys: localKeys(forge.jwks),
    clock: () => now * 1_000,
  });
  const bound = tokenWith({
    aud: "hr-api",
    cnf: { jkt: thumbprint(client.jwk) },
  });
  const about = { token: bound, htu: "hr-api", now };
  const asking = {
    authorization: `DPoP ${bound}`,
    dpop: proofOf(client, about),
  };
  expect(await verifier.verify(ask(asking))).toMatchObject({
    reason: "DPOP_INVALID",
  });
});
