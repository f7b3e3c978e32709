import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { localKeys } from "./keys.ts";
import type { RefusalReason } from "./refusal.ts";
import {
  type Asking,
  type Part,
  createForge,
  segment,
  signature,
  thumbprint,
} from "./test-forge.ts";

/**
 * Every way to misuse an access token that has a rule against it, with what the
 * same rule lets pass. One table, longer than a file should be, to be read beside
 * the rules R41 to R62.
 */
export type Rule = {
  readonly rule: string;
  readonly refused: Readonly<
    Partial<Record<RefusalReason, Readonly<Record<string, Asking>>>>
  >;
  readonly granted: Readonly<Record<string, Asking>>;
};

export const issuer = "https://id.example";
export const audience = "https://api.example/graphql";
/** Epoch seconds. */
export const now = 1_800_000_000;
export const forge = createForge("ES256", "key-1");
const stranger = createForge("ES256", "key-1");
const internal = createForge("EdDSA", "key-internal");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
export const keys = localKeys({
  keys: [
    ...forge.jwks.keys,
    { ...rsa.export({ format: "jwk" }), kty: "RSA", kid: "rsa" },
  ],
});
const jkt = thumbprint(forge.jwk);

export function claims(changes: Part = {}): Part {
  return {
    iss: issuer,
    aud: audience,
    sub: "usr_ada",
    client_id: "hr-spa",
    jti: randomUUID(),
    iat: now - 10,
    exp: now + 290,
    scope: "employee:read:self leave:read:self",
    ...changes,
  };
}

export function tokenWith(changes: Part = {}, header: Part = {}): string {
  return forge.token({ typ: "at+jwt", ...header }, claims(changes));
}

export function bearer(token: string): Asking {
  return { authorization: `Bearer ${token}` };
}

const withClaims = (changes: Part) => bearer(tokenWith(changes));
const without = (name: string) => withClaims({ [name]: undefined });
const withHeader = (header: Part) => bearer(tokenWith({}, header));
const good = tokenWith();
const [header = "", payload = "", signed = ""] = good.split(".");
const segments = (...all: readonly string[]) => bearer(all.join("."));
const withSignature = (last: string) => segments(header, payload, last);
const altered = (signed.startsWith("A") ? "B" : "A") + signed.slice(1);

/** One case for each value, named by it. */
function each<T>(
  values: readonly T[],
  make: (value: T) => Asking,
): Readonly<Record<string, Asking>> {
  return Object.fromEntries(
    values.map((value) => [JSON.stringify(value) ?? "absent", make(value)]),
  );
}

function tokenOfSize(size: number): string {
  const padded = (length: number) => tokenWith({ pad: "x".repeat(length) });
  let length = Math.floor(((size - padded(0).length) * 3) / 4) - 4;
  while (padded(length).length < size) length += 1;
  return padded(length);
}

function hmacWithPublicKey(): string {
  const head = segment({ typ: "at+jwt", alg: "HS256", kid: forge.kid });
  const mac = createHmac("sha256", JSON.stringify(forge.jwk))
    .update(`${head}.${payload}`)
    .digest("base64url");
  return `${head}.${payload}.${mac}`;
}

export const rules: readonly Rule[] = [
  {
    rule: "R41 token in the header only",
    refused: {
      TOKEN_IN_QUERY: {
        "in the query": { url: `/graphql?access_token=${good}` },
        "under an encoded name": { url: `/graphql?a=1&access%5Ftoken=${good}` },
        "beside a header": { ...bearer(good), url: "/graphql?access_token=x" },
      },
      TOKEN_IN_BODY: each(
        [
          "application/x-www-form-urlencoded",
          "Application/X-WWW-Form-Urlencoded; charset=utf-8",
          "multipart/form-data; boundary=x",
        ],
        (contentType) => ({ ...bearer(good), contentType }),
      ),
    },
    granted: {
      "another query": { ...bearer(good), url: "/graphql?token=1&query=x" },
      JSON: { ...bearer(good), contentType: "application/json" },
    },
  },
  {
    rule: "R42 one header",
    refused: {
      DUPLICATE_HEADER: {
        twice: { authorization: [`Bearer ${good}`, `Bearer ${good}`] },
        "beside an empty one": { authorization: [`Bearer ${good}`, ""] },
      },
    },
    granted: { once: { authorization: [`Bearer ${good}`] } },
  },
  {
    rule: "R43 schemes of others",
    refused: {
      NO_TOKEN: { "no header": {} },
      UNSUPPORTED_SCHEME: each(
        ["Basic YWRhOmRlbW8=", 'Digest username="ada"', "Negotiate"],
        (authorization) => ({ authorization }),
      ),
    },
    granted: { Bearer: bearer(good) },
  },
  {
    rule: "R44 one scheme, one token",
    refused: {
      MALFORMED_HEADER: {
        "a misspelt scheme": { authorization: `Bearre ${good}` },
        "an unknown scheme": { authorization: `Token ${good}` },
        "an empty field": { authorization: "" },
        "a scheme alone": { authorization: "Bearer" },
        "a token alone": { authorization: good },
        "two tokens": { authorization: `Bearer ${good} ${good}` },
        "two credentials": { authorization: `Bearer ${good}, Bearer ${good}` },
      },
    },
    granted: {
      "in small letters": { authorization: `bearer ${good}` },
      "in capitals": { authorization: `BEARER ${good}` },
      "two spaces": { authorization: `Bearer  ${good}` },
    },
  },
  {
    rule: "R45 size",
    refused: { TOKEN_TOO_LARGE: { "above 4096": bearer(tokenOfSize(4_097)) } },
    granted: { "not above 4096": bearer(tokenOfSize(4_093)) },
  },
  {
    rule: "R46 three segments of JSON",
    refused: {
      TOKEN_MALFORMED: {
        "an opaque token": bearer("b7Tq0Zl5"),
        "two segments": segments(header, payload),
        "four segments": segments(header, payload, signed, "x"),
        "five segments, as of a JWE": segments(good, "x", "y"),
        "a header that is not JSON": segments("abc", payload, signed),
        "a header with foreign letters": segments(`~${header}`, payload, ""),
        "a payload that is not JSON": segments(header, "abc", signed),
        "a payload that is a list": segments(header, segment([1]), signed),
        "an empty payload": segments(header, "", signed),
      },
    },
    granted: { "three segments": segments(header, payload, signed) },
  },
  {
    rule: "R47 header parameters",
    refused: {
      HEADER_NOT_ALLOWED: {
        ...each(
          ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "cty"],
          (name) => withHeader({ [name]: null }),
        ),
        ...each(["enc", "epk", "p2c", "p2s"], (name) =>
          withHeader({ [name]: "x" }),
        ),
      },
    },
    granted: { "one without power": withHeader({ x5t: "abc" }) },
  },
  {
    rule: "R48 one algorithm",
    refused: {
      ALG_NOT_ALLOWED: {
        ...each(["none", "None", "NONE", "nOnE", "", null, undefined], (alg) =>
          withHeader({ alg }),
        ),
        ...each(
          ["ES256K", "ES384", "EdDSA", "PS256", "es256", ["ES256"]],
          (alg) => withHeader({ alg }),
        ),
        "HS256 with the public key as secret": bearer(hmacWithPublicKey()),
        "RS256 with a published key": withHeader({ alg: "RS256", kid: "rsa" }),
        "an internal token": bearer(
          internal.token({ typ: "hr-internal+jwt" }, claims()),
        ),
      },
    },
    granted: { ES256: withHeader({ alg: "ES256" }) },
  },
  {
    rule: "R49 kid",
    refused: {
      KID_INVALID: {
        ...each(
          [undefined, 1, "", "../../etc/passwd", "' or 1=1", "key-1\n"],
          (kid) => withHeader({ kid }),
        ),
        "129 letters": withHeader({ kid: "k".repeat(129) }),
      },
    },
    granted: { "a word": withHeader({ kid: "key-1" }) },
  },
  {
    rule: "R50 published keys",
    refused: {
      KEY_UNKNOWN: {
        ...each(["key-2", "__proto__", "constructor"], (kid) =>
          withHeader({ kid }),
        ),
        "a kid of 128 letters": withHeader({ kid: "k".repeat(128) }),
        "a kid of another algorithm": withHeader({ kid: "rsa" }),
      },
    },
    granted: { "a published one": withHeader({ kid: "key-1" }) },
  },
  {
    rule: "R51 signature",
    refused: {
      SIGNATURE_INVALID: {
        stripped: withSignature(""),
        altered: withSignature(altered),
        "all zeroes": withSignature(Buffer.alloc(64).toString("base64url")),
        "DER-encoded": withSignature(
          signature(`${header}.${payload}`, forge.privateKey, "der"),
        ),
        "by another key": bearer(stranger.token({ typ: "at+jwt" }, claims())),
        "over another payload": segments(
          header,
          segment(claims({ sub: "usr_hana" })),
          signed,
        ),
      },
    },
    granted: { right: withSignature(signed) },
  },
  {
    rule: "R52 kind of token",
    refused: {
      WRONG_TOKEN_KIND: {
        ...each(["JWT", "logout+jwt", "dpop+jwt", "", 7, undefined], (typ) =>
          withHeader({ typ }),
        ),
        ...each(["client-authentication+jwt", "hr-internal+jwt"], (typ) =>
          withHeader({ typ }),
        ),
        ...each(["nonce", "at_hash", "c_hash", "s_hash", "events"], (name) =>
          withClaims({ [name]: null }),
        ),
      },
    },
    granted: each(["at+jwt", "application/at+jwt", "AT+JWT"], (typ) =>
      withHeader({ typ }),
    ),
  },
  {
    rule: "R53 iss",
    refused: {
      ISSUER_MISMATCH: each(
        [undefined, "https://id.example.org", `${issuer}/`, [issuer], null],
        (iss) => withClaims({ iss }),
      ),
    },
    granted: { exact: withClaims({ iss: issuer }) },
  },
  {
    rule: "R54 aud",
    refused: {
      AUDIENCE_MISMATCH: each(
        [undefined, "https://other.example", `${audience}/v2`, [], ["x"], {}],
        (aud) => withClaims({ aud }),
      ),
      AUDIENCE_AMBIGUOUS: each(
        [
          [audience, "x"],
          [audience, audience],
        ],
        (aud) => withClaims({ aud }),
      ),
    },
    granted: each([audience, [audience]], (aud) => withClaims({ aud })),
  },
  {
    rule: "R55 claims",
    refused: {
      CLAIM_INVALID: {
        ...each(["exp", "iat", "sub", "jti", "client_id"], without),
        ...each(
          [
            { exp: String(now + 290) },
            { exp: null },
            { iat: String(now) },
            { nbf: String(now) },
            { sub: { id: "usr_ada" } },
            { sub: "" },
            { jti: 1 },
            { client_id: ["hr-spa"] },
            { gid: 1 },
            { auth_time: "yesterday" },
            { acr: 1 },
            { employee_id: ["emp_1"] },
            { employee_id: "" },
            { employee_id: "emp_1'" },
            { employee_id: "e".repeat(65) },
            { sub: "anonymous", client_id: "anonymous" },
          ],
          withClaims,
        ),
      },
    },
    granted: each(
      [
        { employee_id: "emp_1", gid: "grant-1", acr: "1", auth_time: now },
        { employee_id: "e".repeat(64) },
        { sub: "payroll-export", client_id: "payroll-export" },
      ],
      withClaims,
    ),
  },
  {
    rule: "R56 time",
    refused: {
      TOKEN_EXPIRED: each([now - 6, 0], (exp) => withClaims({ exp })),
      TOKEN_NOT_YET_VALID: each(
        [{ iat: now + 6 }, { nbf: now + 6 }],
        withClaims,
      ),
    },
    granted: each(
      [{ exp: now - 3 }, { iat: now + 3 }, { nbf: now + 3 }, { nbf: now - 1 }],
      withClaims,
    ),
  },
  {
    rule: "R57 lifetime",
    refused: {
      LIFETIME_TOO_LONG: each([now + 3_601, 1e300], (exp) =>
        withClaims({ iat: now, exp }),
      ),
    },
    granted: { "an hour": withClaims({ iat: now, exp: now + 3_600 }) },
  },
  {
    rule: "R58 scope",
    refused: {
      SCOPE_AMBIGUOUS: each(["scp", "scopes", "permissions"], (name) =>
        withClaims({ [name]: ["employee:read"] }),
      ),
      SCOPE_INVALID: each(
        [["a:b"], "a:b\tc:d", "a:b  c:d", "a:b ", " a:b", "", 'a"b', null],
        (scope) => withClaims({ scope }),
      ),
    },
    granted: each([undefined, "a:b", "a:b c:d"], (scope) =>
      withClaims({ scope }),
    ),
  },
  {
    rule: "R59 cnf",
    refused: {
      CNF_UNSUPPORTED: each(
        [
          { "x5t#S256": jkt },
          { jkt, "x5t#S256": jkt },
          { jkt: [jkt] },
          { jkt: "short" },
          {},
          null,
        ],
        (cnf) => withClaims({ cnf }),
      ),
    },
    granted: { none: without("cnf") },
  },
  {
    rule: "R60 revocation",
    refused: { TOKEN_REVOKED: { denied: withClaims({ jti: "revoked" }) } },
    granted: { another: withClaims({ jti: "another" }) },
  },
  {
    rule: "R61 binding",
    refused: {
      DPOP_REQUIRED: { "bound, as Bearer": withClaims({ cnf: { jkt } }) },
      DPOP_NOT_BOUND: { "unbound, as DPoP": { authorization: `DPoP ${good}` } },
    },
    granted: { "unbound, as Bearer": bearer(good) },
  },
  {
    rule: "R62 proof",
    refused: {
      DPOP_INVALID: {
        absent: { authorization: `DPoP ${tokenWith({ cnf: { jkt } })}` },
      },
    },
    granted: { "not needed": { ...bearer(good), dpop: "x" } },
  },
];
