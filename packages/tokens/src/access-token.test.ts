import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { createAccessTokenVerifier } from "./access-token.ts";
import { localKeys } from "./keys.ts";
import type { RefusalReason, TokenRefusal } from "./refusal.ts";
import {
  type Asking,
  type Part,
  ask,
  createForge,
  segment,
  signature,
  thumbprint,
} from "./test-forge.ts";

const issuer = "https://id.example";
const audience = "https://api.example/graphql";
const resourceMetadata =
  "https://api.example/.well-known/oauth-protected-resource/graphql";
const now = 1_800_000_000;
const forge = createForge("ES256", "key-1");
const stranger = createForge("ES256", "key-1");
const internal = createForge("EdDSA", "key-internal");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const verifier = createAccessTokenVerifier({
  issuer,
  audience,
  resourceMetadata,
  keys: localKeys({
    keys: [
      ...forge.jwks.keys,
      { ...rsa.publicKey.export({ format: "jwk" }), kty: "RSA", kid: "rsa" },
    ],
  }),
  clock: () => now * 1_000,
  isRevoked: ({ tokenId }) => tokenId === "revoked",
});
const jkt = thumbprint(forge.jwk);

type Row = readonly [what: string, reason: RefusalReason, asking: Asking];

const claims = (changes: Part = {}): Part => ({
  iss: issuer,
  aud: audience,
  sub: "usr_ada",
  client_id: "hr-spa",
  jti: randomUUID(),
  iat: now - 10,
  exp: now + 290,
  scope: "employee:read:self leave:read:self",
  ...changes,
});
const tokenWith = (changes: Part = {}, header: Part = {}) =>
  forge.token({ typ: "at+jwt", ...header }, claims(changes));
const bearer = (token: string): Asking => ({
  authorization: `Bearer ${token}`,
});
const withClaims = (changes: Part) => bearer(tokenWith(changes));
const withHeader = (header: Part) => bearer(tokenWith({}, header));
const without = (name: string) => withClaims({ [name]: undefined });
const good = tokenWith();
const [goodHeader = "", goodPayload = "", goodSignature = ""] = good.split(".");
const withSignature = (last: string) =>
  bearer(`${goodHeader}.${goodPayload}.${last}`);
const otherAlgorithm = (alg: unknown) => withHeader({ alg });
const tokenOfSize = (size: number) => {
  const claim = (length: number) => tokenWith({ pad: "x".repeat(length) });
  const base = claim(0).length;
  let length = Math.floor(((size - base) * 3) / 4);
  while (claim(length).length < size) length += 1;
  return claim(length);
};
const hmacToken = () => {
  const input = `${segment({ typ: "at+jwt", alg: "HS256", kid: "key-1" })}.${goodPayload}`;
  const secret = JSON.stringify(forge.jwk);
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
};

const refused: readonly Row[] = [
  [
    "R41 a token in the query",
    "TOKEN_IN_QUERY",
    { url: `/graphql?access_token=${good}` },
  ],
  [
    "R41 a token in the query, its name encoded",
    "TOKEN_IN_QUERY",
    { url: `/graphql?a=1&access%5Ftoken=${good}` },
  ],
  [
    "R41 a token in the query beside a header",
    "TOKEN_IN_QUERY",
    { ...bearer(good), url: `/graphql?access_token=${good}` },
  ],
  [
    "R41 a form body",
    "TOKEN_IN_BODY",
    { contentType: "application/x-www-form-urlencoded" },
  ],
  [
    "R41 a form body beside a header",
    "TOKEN_IN_BODY",
    {
      ...bearer(good),
      contentType: "Application/X-WWW-Form-Urlencoded; charset=utf-8",
    },
  ],
  [
    "R41 a multipart form",
    "TOKEN_IN_BODY",
    { ...bearer(good), contentType: "multipart/form-data; boundary=x" },
  ],
  [
    "R42 two Authorization fields",
    "DUPLICATE_HEADER",
    { authorization: [`Bearer ${good}`, `Bearer ${good}`] },
  ],
  ["R43 no header", "NO_TOKEN", {}],
  ["R43 Basic", "UNSUPPORTED_SCHEME", { authorization: "Basic YWRhOmRlbW8=" }],
  [
    "R43 Digest",
    "UNSUPPORTED_SCHEME",
    { authorization: 'Digest username="ada"' },
  ],
  ["R43 Negotiate", "UNSUPPORTED_SCHEME", { authorization: "Negotiate" }],
  [
    "R44 a misspelt scheme",
    "MALFORMED_HEADER",
    { authorization: `Bearre ${good}` },
  ],
  [
    "R44 an unknown scheme",
    "MALFORMED_HEADER",
    { authorization: `Token ${good}` },
  ],
  ["R44 an empty field", "MALFORMED_HEADER", { authorization: "" }],
  ["R44 a scheme alone", "MALFORMED_HEADER", { authorization: "Bearer" }],
  ["R44 a token alone", "MALFORMED_HEADER", { authorization: good }],
  [
    "R44 two tokens in one field",
    "MALFORMED_HEADER",
    { authorization: `Bearer ${good} ${good}` },
  ],
  [
    "R44 two credentials in one field",
    "MALFORMED_HEADER",
    { authorization: `Bearer ${good}, Bearer ${good}` },
  ],
  [
    "R45 a token above 4096 bytes",
    "TOKEN_TOO_LARGE",
    bearer(tokenOfSize(4_097)),
  ],
  ["R46 an opaque token", "TOKEN_MALFORMED", bearer("b7Tq0Zl5")],
  [
    "R46 two segments",
    "TOKEN_MALFORMED",
    bearer(`${goodHeader}.${goodPayload}`),
  ],
  ["R46 four segments", "TOKEN_MALFORMED", bearer(`${good}.x`)],
  ["R46 five segments, as of a JWE", "TOKEN_MALFORMED", bearer(`${good}.x.y`)],
  [
    "R46 a header that is not JSON",
    "TOKEN_MALFORMED",
    bearer(`abc.${goodPayload}.${goodSignature}`),
  ],
  [
    "R46 a payload that is not JSON",
    "TOKEN_MALFORMED",
    bearer(`${goodHeader}.abc.${goodSignature}`),
  ],
  [
    "R46 a payload that is a list",
    "TOKEN_MALFORMED",
    bearer(`${goodHeader}.${segment([1])}.${goodSignature}`),
  ],
  [
    "R46 a header in plain base64",
    "TOKEN_MALFORMED",
    bearer(
      `${goodHeader}=.${goodPayload}.${goodSignature}`.replaceAll("=", "/"),
    ),
  ],
  ...[
    "jku",
    "jwk",
    "x5u",
    "x5c",
    "crit",
    "b64",
    "zip",
    "cty",
    "enc",
    "epk",
    "p2c",
    "p2s",
  ].map((name): Row => [
    `R47 header parameter ${name}`,
    "HEADER_NOT_ALLOWED",
    withHeader({ [name]: null }),
  ]),
  ...[
    "none",
    "None",
    "NONE",
    "nOnE",
    "",
    "ES256K",
    "ES384",
    "EdDSA",
    "PS256",
    "es256",
    null,
    ["ES256"],
  ].map((alg): Row => [
    `R48 alg ${JSON.stringify(alg)}`,
    "ALG_NOT_ALLOWED",
    otherAlgorithm(alg),
  ]),
  ["R48 no alg", "ALG_NOT_ALLOWED", otherAlgorithm(undefined)],
  [
    "R48 HS256 with the public key as secret",
    "ALG_NOT_ALLOWED",
    bearer(hmacToken()),
  ],
  [
    "R48 RS256 though such a key is published",
    "ALG_NOT_ALLOWED",
    withHeader({ alg: "RS256", kid: "rsa" }),
  ],
  [
    "R48 an internal token",
    "ALG_NOT_ALLOWED",
    bearer(internal.token({ typ: "hr-internal+jwt" }, claims())),
  ],
  ["R49 no kid", "KID_INVALID", withHeader({ kid: undefined })],
  ["R49 a kid that is a number", "KID_INVALID", withHeader({ kid: 1 })],
  [
    "R49 a kid that is a path",
    "KID_INVALID",
    withHeader({ kid: "../../etc/passwd" }),
  ],
  ["R49 a kid that is SQL", "KID_INVALID", withHeader({ kid: "' or 1=1 --" })],
  [
    "R49 a kid of 129 characters",
    "KID_INVALID",
    withHeader({ kid: "k".repeat(129) }),
  ],
  [
    "R49 a kid with a line break",
    "KID_INVALID",
    withHeader({ kid: "key-1\n" }),
  ],
  [
    "R50 a kid that is not published",
    "KEY_UNKNOWN",
    withHeader({ kid: "key-2" }),
  ],
  ["R50 the kid __proto__", "KEY_UNKNOWN", withHeader({ kid: "__proto__" })],
  [
    "R50 a published kid of another algorithm",
    "KEY_UNKNOWN",
    withHeader({ kid: "rsa" }),
  ],
  ["R51 a stripped signature", "SIGNATURE_INVALID", withSignature("")],
  [
    "R51 an altered signature",
    "SIGNATURE_INVALID",
    withSignature(
      `${goodSignature.startsWith("A") ? "B" : "A"}${goodSignature.slice(1)}`,
    ),
  ],
  [
    "R51 a signature of zeroes",
    "SIGNATURE_INVALID",
    withSignature(Buffer.alloc(64).toString("base64url")),
  ],
  [
    "R51 a DER-encoded signature",
    "SIGNATURE_INVALID",
    withSignature(
      signature(`${goodHeader}.${goodPayload}`, forge.privateKey, "der"),
    ),
  ],
  [
    "R51 a signature by another key",
    "SIGNATURE_INVALID",
    bearer(stranger.token({ typ: "at+jwt" }, claims())),
  ],
  [
    "R51 a signature over another payload",
    "SIGNATURE_INVALID",
    bearer(
      `${goodHeader}.${segment(claims({ sub: "usr_hana" }))}.${goodSignature}`,
    ),
  ],
  ...[
    "JWT",
    "logout+jwt",
    "client-authentication+jwt",
    "dpop+jwt",
    "hr-internal+jwt",
    "",
    7,
    undefined,
  ].map((typ): Row => [
    `R52 typ ${String(typ)}`,
    "WRONG_TOKEN_KIND",
    withHeader({ typ }),
  ]),
  ...["nonce", "at_hash", "c_hash", "s_hash", "events"].map((name): Row => [
    `R52 claim ${name}`,
    "WRONG_TOKEN_KIND",
    withClaims({ [name]: null }),
  ]),
  ["R53 no iss", "ISSUER_MISMATCH", without("iss")],
  [
    "R53 another iss",
    "ISSUER_MISMATCH",
    withClaims({ iss: "https://id.example.org" }),
  ],
  [
    "R53 an iss with a trailing slash",
    "ISSUER_MISMATCH",
    withClaims({ iss: `${issuer}/` }),
  ],
  ["R53 an iss in a list", "ISSUER_MISMATCH", withClaims({ iss: [issuer] })],
  ["R54 no aud", "AUDIENCE_MISMATCH", without("aud")],
  [
    "R54 another aud",
    "AUDIENCE_MISMATCH",
    withClaims({ aud: "https://other.example" }),
  ],
  [
    "R54 a longer path",
    "AUDIENCE_MISMATCH",
    withClaims({ aud: `${audience}/v2` }),
  ],
  ["R54 an empty list", "AUDIENCE_MISMATCH", withClaims({ aud: [] })],
  [
    "R54 a list of another one",
    "AUDIENCE_MISMATCH",
    withClaims({ aud: ["https://other.example"] }),
  ],
  [
    "R54 two audiences with ours among them",
    "AUDIENCE_AMBIGUOUS",
    withClaims({ aud: [audience, "https://other.example"] }),
  ],
  ...["exp", "iat", "sub", "jti", "client_id"].map((name): Row => [
    `R55 no ${name}`,
    "CLAIM_INVALID",
    without(name),
  ]),
  [
    "R55 exp as a string",
    "CLAIM_INVALID",
    withClaims({ exp: String(now + 290) }),
  ],
  ["R55 exp as null", "CLAIM_INVALID", withClaims({ exp: null })],
  ["R55 iat as a string", "CLAIM_INVALID", withClaims({ iat: String(now) })],
  ["R55 nbf as a string", "CLAIM_INVALID", withClaims({ nbf: String(now) })],
  [
    "R55 sub as an object",
    "CLAIM_INVALID",
    withClaims({ sub: { id: "usr_ada" } }),
  ],
  ["R55 an empty sub", "CLAIM_INVALID", withClaims({ sub: "" })],
  ["R55 jti as a number", "CLAIM_INVALID", withClaims({ jti: 1 })],
  [
    "R55 client_id as a list",
    "CLAIM_INVALID",
    withClaims({ client_id: ["hr-spa"] }),
  ],
  ["R55 gid as a number", "CLAIM_INVALID", withClaims({ gid: 1 })],
  [
    "R55 auth_time as a string",
    "CLAIM_INVALID",
    withClaims({ auth_time: "yesterday" }),
  ],
  ["R55 acr as a number", "CLAIM_INVALID", withClaims({ acr: 1 })],
  [
    "R55 employee_id as a list",
    "CLAIM_INVALID",
    withClaims({ employee_id: ["emp_1"] }),
  ],
  [
    "R55 employee_id with a quote",
    "CLAIM_INVALID",
    withClaims({ employee_id: "emp_1'" }),
  ],
  [
    "R55 employee_id of 65 characters",
    "CLAIM_INVALID",
    withClaims({ employee_id: "e".repeat(65) }),
  ],
  [
    "R66 a token of somebody called anonymous",
    "CLAIM_INVALID",
    withClaims({ sub: "anonymous", client_id: "anonymous" }),
  ],
  ["R56 an expired token", "TOKEN_EXPIRED", withClaims({ exp: now - 6 })],
  [
    "R56 an iat in the future",
    "TOKEN_NOT_YET_VALID",
    withClaims({ iat: now + 6 }),
  ],
  [
    "R56 an nbf in the future",
    "TOKEN_NOT_YET_VALID",
    withClaims({ nbf: now + 6 }),
  ],
  [
    "R57 a life above an hour",
    "LIFETIME_TOO_LONG",
    withClaims({ iat: now, exp: now + 3_601 }),
  ],
  ["R57 an exp of 1e300", "LIFETIME_TOO_LONG", withClaims({ exp: 1e300 })],
  ...["scp", "scopes", "permissions"].map((name): Row => [
    `R58 claim ${name}`,
    "SCOPE_AMBIGUOUS",
    withClaims({ [name]: ["employee:read"] }),
  ]),
  [
    "R58 scope as a list",
    "SCOPE_INVALID",
    withClaims({ scope: ["employee:read"] }),
  ],
  [
    "R58 scope with a tab",
    "SCOPE_INVALID",
    withClaims({ scope: "employee:read\tleave:read" }),
  ],
  [
    "R58 scope with a double space",
    "SCOPE_INVALID",
    withClaims({ scope: "employee:read  leave:read" }),
  ],
  [
    "R58 scope with a space at its end",
    "SCOPE_INVALID",
    withClaims({ scope: "employee:read " }),
  ],
  ["R58 an empty scope", "SCOPE_INVALID", withClaims({ scope: "" })],
  [
    "R59 a certificate binding",
    "CNF_UNSUPPORTED",
    withClaims({ cnf: { "x5t#S256": jkt } }),
  ],
  [
    "R59 a certificate binding beside jkt",
    "CNF_UNSUPPORTED",
    withClaims({ cnf: { jkt, "x5t#S256": jkt } }),
  ],
  ["R59 an empty cnf", "CNF_UNSUPPORTED", withClaims({ cnf: {} })],
  ["R59 cnf as null", "CNF_UNSUPPORTED", withClaims({ cnf: null })],
  [
    "R59 a jkt in a list",
    "CNF_UNSUPPORTED",
    withClaims({ cnf: { jkt: [jkt] } }),
  ],
  ["R60 a revoked token", "TOKEN_REVOKED", withClaims({ jti: "revoked" })],
  [
    "R61 a bound token as Bearer",
    "DPOP_REQUIRED",
    withClaims({ cnf: { jkt } }),
  ],
  [
    "R61 an unbound token as DPoP",
    "DPOP_NOT_BOUND",
    { authorization: `DPoP ${good}` },
  ],
  [
    "R62 a bound token without a proof",
    "DPOP_INVALID",
    { authorization: `DPoP ${tokenWith({ cnf: { jkt } })}` },
  ],
];

const granted: readonly (readonly [what: string, asking: Asking])[] = [
  [
    "R41 another word in the query",
    { ...bearer(good), url: "/graphql?token=1&query=%7Bviewer%7D" },
  ],
  [
    "R41 no body at all",
    {
      method: "GET",
      url: "/graphql",
      headersDistinctOnly: true,
      ...bearer(good),
    } as Asking,
  ],
  ["R42 one field", { authorization: [`Bearer ${good}`] }],
  ["R44 the scheme in small letters", { authorization: `bearer ${good}` }],
  ["R44 the scheme in capitals", { authorization: `BEARER ${good}` }],
  ["R44 two spaces after the scheme", { authorization: `Bearer  ${good}` }],
  ["R45 a token of at most 4096 bytes", bearer(tokenOfSize(4_093))],
  ["R47 a header parameter without power", withHeader({ x5t: "abc" })],
  ["R48 ES256", withHeader({ alg: "ES256" })],
  ["R49, R50 a published kid", withHeader({ kid: "key-1" })],
  ["R51 the right signature", withSignature(goodSignature)],
  ["R52 the long form of typ", withHeader({ typ: "application/at+jwt" })],
  ["R52 typ in capitals", withHeader({ typ: "AT+JWT" })],
  ["R53 the exact issuer", withClaims({ iss: issuer })],
  ["R54 a list of one audience", withClaims({ aud: [audience] })],
  ["R55 an employee", withClaims({ employee_id: "emp_1" })],
  [
    "R55 an employee id of 64 characters",
    withClaims({ employee_id: "e".repeat(64) }),
  ],
  ["R56 a token that expired 3 s ago", withClaims({ exp: now - 3 })],
  ["R56 an iat 3 s ahead", withClaims({ iat: now + 3 })],
  ["R56 an nbf that has passed", withClaims({ nbf: now - 1 })],
  ["R57 a life of an hour", withClaims({ iat: now, exp: now + 3_600 })],
  ["R58 one scope", withClaims({ scope: "employee:read" })],
  ["R58 no scope at all", without("scope")],
  ["R59 no binding", without("cnf")],
  ["R60 a token that is not denied", withClaims({ jti: "another" })],
  [
    "R64 a machine's token",
    withClaims({ sub: "payroll-export", client_id: "payroll-export" }),
  ],
];

test.each(refused)("refuses %s: %s", async (_what, reason, asking) => {
  const outcome = await verifier.verify(ask(asking));
  expect(outcome).toEqual(expectedRefusal(reason, outcome as TokenRefusal));
});

test.each(granted)("accepts %s", async (_what, asking) => {
  expect(await verifier.verify(ask(asking))).toMatchObject({
    kind: "verified",
  });
});

test("says nothing of the token in a refusal", async () => {
  for (const [, , asking] of refused) {
    const outcome = (await verifier.verify(ask(asking))) as TokenRefusal;
    const said = [outcome.message, ...outcome.challenges].join("\n");
    const sent = [asking.authorization ?? [], asking.url ?? []].flat();
    const pieces = sent
      .flatMap((field) => field.split(/[ .,=?&]/))
      .filter((piece) => piece.length >= 8);
    expect(pieces.filter((piece) => said.includes(piece))).toEqual([]);
    expect(said).toMatch(/^[\x20-\x7e\n]+$/);
  }
});

test("has a fixed sentence for each reason", async () => {
  const sentences = new Map<RefusalReason, Set<string>>();
  for (const [, reason, asking] of refused) {
    const { message } = (await verifier.verify(ask(asking))) as TokenRefusal;
    sentences.set(reason, (sentences.get(reason) ?? new Set()).add(message));
  }
  expect([...sentences.values()].filter(({ size }) => size !== 1)).toEqual([]);
});

describe("the principal", () => {
  test("is a person with the claims of the token", async () => {
    const token = tokenWith({
      jti: "token-1",
      gid: "grant-1",
      employee_id: "emp_1",
      auth_time: now - 60,
      acr: "urn:example:password",
      granted_scope: "payroll:write",
    });
    expect(await verifier.verify(ask(bearer(token)))).toEqual({
      kind: "verified",
      principal: {
        kind: "person",
        subject: "usr_ada",
        clientId: "hr-spa",
        employeeId: "emp_1",
        scopes: new Set(["employee:read:self", "leave:read:self"]),
        grantedScopes: new Set(["employee:read:self", "leave:read:self"]),
        authTime: now - 60,
        acr: "urn:example:password",
        grantId: "grant-1",
        tokenId: "token-1",
        expiresAt: now + 290,
      },
    });
  });

  test("is a machine, never an employee, when sub equals client_id", async () => {
    const token = tokenWith({
      sub: "payroll-export",
      client_id: "payroll-export",
      jti: "token-2",
      scope: undefined,
      employee_id: "emp_1",
      auth_time: now,
      acr: "urn:example:password",
    });
    expect(await verifier.verify(ask(bearer(token)))).toEqual({
      kind: "verified",
      principal: {
        kind: "machine",
        subject: "payroll-export",
        clientId: "payroll-export",
        employeeId: null,
        scopes: new Set(),
        grantedScopes: new Set(),
        authTime: null,
        acr: null,
        grantId: null,
        tokenId: "token-2",
        expiresAt: now + 290,
      },
    });
  });
});

describe("the options", () => {
  const options = { audience, resourceMetadata, keys: localKeys(forge.jwks) };
  const create =
    (changes: { issuer: string; development?: boolean; audience?: string }) =>
    () =>
      createAccessTokenVerifier({ ...options, ...changes });

  test.each(["", "id.example", "http://id.example", "ftp://localhost"])(
    "refuse the issuer %p",
    (bad) => expect(create({ issuer: bad })).toThrow(TypeError),
  );

  test.each([
    "https://id.example",
    "http://localhost:4001",
    "http://127.0.0.1:4001",
    "http://[::1]:4001",
  ])("take the issuer %p", (fit) =>
    expect(create({ issuer: fit })).not.toThrow(),
  );

  test("take an http issuer on another host for development", () =>
    expect(
      create({ issuer: "http://auth:4001", development: true }),
    ).not.toThrow());

  test("refuse a missing audience", () =>
    expect(create({ issuer, audience: "" })).toThrow(TypeError));
});

/** The table of `error`, status and code by reason, said again by hand. */
function expectedRefusal(
  reason: RefusalReason,
  { message }: TokenRefusal,
): TokenRefusal {
  const place = `realm="hr", resource_metadata="${resourceMetadata}"`;
  const fault = (error: string) =>
    `${place}, error="${error}", error_description="${message}"`;
  const base = {
    kind: "refused",
    reason,
    message: expect.any(String) as unknown as string,
  } as const;
  if (
    [
      "TOKEN_IN_QUERY",
      "TOKEN_IN_BODY",
      "DUPLICATE_HEADER",
      "MALFORMED_HEADER",
      "TOKEN_TOO_LARGE",
    ].includes(reason)
  )
    return {
      ...base,
      status: 400,
      code: "BAD_REQUEST",
      challenges: [`Bearer ${fault("invalid_request")}`],
    };
  const unauthenticated = {
    ...base,
    status: 401,
    code: "UNAUTHENTICATED",
  } as const;
  if (["NO_TOKEN", "UNSUPPORTED_SCHEME"].includes(reason))
    return {
      ...unauthenticated,
      challenges: [`Bearer ${place}`, `DPoP ${place}, algs="ES256"`],
    };
  if (["DPOP_REQUIRED", "DPOP_NOT_BOUND"].includes(reason))
    return {
      ...unauthenticated,
      challenges: [`DPoP ${fault("invalid_token")}, algs="ES256"`],
    };
  if (reason === "DPOP_INVALID")
    return {
      ...unauthenticated,
      challenges: [`DPoP ${fault("invalid_dpop_proof")}, algs="ES256"`],
    };
  return {
    ...unauthenticated,
    challenges: [`Bearer ${fault("invalid_token")}`],
  };
}
