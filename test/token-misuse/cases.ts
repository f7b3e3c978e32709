import { createHmac, createPublicKey } from "node:crypto";
import { type Part, segment, signature, thumbprint } from "@hr/tokens/testing";
import type { Reason } from "./expectation.ts";
import { type Wire, authorization, bearer } from "./wire.ts";
import { type World, now } from "./world.ts";

/** Requests in their order: all but the last are granted, and lead up to it. */
export type Make = (world: World) => Wire | readonly Wire[];

/** What a rule refuses, by the reason given, and what it lets pass all the same. */
export type Rule = {
  readonly rule: string;
  readonly refused: Readonly<
    Partial<Record<Reason, Readonly<Record<string, Make>>>>
  >;
  readonly granted: Readonly<Record<string, Make>>;
};

export type Case = {
  readonly title: string;
  readonly reason: Reason;
  readonly make: Make;
};

/** One case for each value, named by it. */
export function each<T>(
  values: readonly T[],
  make: (value: T) => Make,
): Readonly<Record<string, Make>> {
  return Object.fromEntries(
    values.map((value) => [JSON.stringify(value) ?? "absent", make(value)]),
  );
}

export const withClaims =
  (changes: Part | (() => Part)): Make =>
  (world) =>
    bearer(world.token(typeof changes === "function" ? changes() : changes));

export const withHeader =
  (header: Part): Make =>
  (world) =>
    bearer(world.token({}, header));

const plain: Make = (world) => bearer(world.token());

/** The token's own segments, put together anew. */
const segments =
  (
    put: (
      parts: { header: string; payload: string; signed: string },
      world: World,
    ) => readonly string[],
  ): Make =>
  (world) => {
    const [header = "", payload = "", signed = ""] = world.token().split(".");
    return bearer(put({ header, payload, signed }, world).join("."));
  };

const withSignature = (sign: (input: string, signed: string) => string): Make =>
  segments(({ header, payload, signed }) => [
    header,
    payload,
    sign(`${header}.${payload}`, signed),
  ]);

/** By a key that the issuer publishes, for what else it may be. */
const byOther =
  (alg: keyof World["others"], header: Part = {}): Make =>
  ({ others, claims, typ }) =>
    bearer(others[alg].token({ typ, alg, ...header }, claims()));

/** The oldest trick: the public key, as the verifier holds it, as a secret. */
const byPublicKey =
  (alg: "HS256" | "HS512", form: "jwk" | "pem"): Make =>
  ({ forge, typ, claims }) => {
    const input = `${segment({ typ, alg, kid: forge.kid })}.${segment(claims())}`;
    const secret = form === "jwk" ? JSON.stringify(forge.jwk) : pemOf(forge);
    const hash = alg === "HS256" ? "sha256" : "sha512";
    const mac = createHmac(hash, secret).update(input).digest("base64url");
    return bearer(`${input}.${mac}`);
  };

function pemOf({ privateKey }: World["forge"]): string {
  const publicKey = createPublicKey(privateKey);
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}

function tokenOfSize(world: World, size: number): string {
  const padded = (length: number) => world.token({ pad: "x".repeat(length) });
  let length = Math.floor(((size - padded(0).length) * 3) / 4) - 8;
  while (padded(length).length < size) length += 1;
  return padded(length);
}

/**
 * R41 to R59, the same at the gateway and at a subgraph, each with what it is told
 * from. One table, longer than a file should be, to be read beside tokens.md.
 */
export const rules: readonly Rule[] = [
  {
    rule: "R41 token in the header only",
    refused: {
      TOKEN_IN_QUERY: {
        "in the query": (world) => ({
          path: `/graphql?access_token=${world.token()}`,
        }),
        "in the query of a GET": (world) => ({
          method: "GET",
          path: `/graphql?query=%7Bwhoami%7D&access_token=${world.token()}`,
        }),
        "under an encoded name": (world) => ({
          path: `/graphql?a=1&access%5Ftoken=${world.token()}`,
        }),
        "beside a header": (world) => ({
          ...bearer(world.token()),
          path: "/graphql?access_token=",
        }),
      },
      TOKEN_IN_BODY: {
        "in a form": (world) => ({
          contentType: "application/x-www-form-urlencoded",
          body: `query=%7Bwhoami%7D&access_token=${world.token()}`,
        }),
        "a form beside a header": (world) => ({
          ...bearer(world.token()),
          contentType: "Application/X-WWW-Form-Urlencoded; charset=utf-8",
          body: "query=%7Bwhoami%7D",
        }),
        "a form of several parts": (world) => ({
          ...bearer(world.token()),
          contentType: "multipart/form-data; boundary=x",
          body: "--x--",
        }),
      },
    },
    granted: {
      "another query": (world) => ({
        ...bearer(world.token()),
        path: "/graphql?token=1&access=2",
      }),
      "JSON with its charset": (world) => ({
        ...bearer(world.token()),
        contentType: "application/json; charset=utf-8",
      }),
    },
  },
  {
    rule: "R42 one header",
    refused: {
      DUPLICATE_HEADER: {
        "the same twice": (world) => {
          const value = `Bearer ${world.token()}`;
          return authorization(value, value);
        },
        "two tokens": (world) =>
          authorization(`Bearer ${world.token()}`, `Bearer ${world.token()}`),
        "a good one first": (world) =>
          authorization(`Bearer ${world.token()}`, "Bearer x"),
        "beside an empty one": (world) =>
          authorization(`Bearer ${world.token()}`, ""),
        "beside Basic, in other letters": (world) => ({
          headers: [
            ["authorization", `Bearer ${world.token()}`],
            ["AUTHORIZATION", "Basic YWRhOmRlbW8="],
          ],
        }),
      },
    },
    granted: { once: plain },
  },
  {
    rule: "R43 schemes of others",
    refused: {
      NO_TOKEN: {
        "no header": () => ({}),
        "a cookie": (world) => ({
          headers: [["Cookie", `access_token=${world.token()}`]],
        }),
        "another header": (world) => ({
          headers: [
            ["X-Access-Token", world.token()],
            ["Proxy-Authorization", `Bearer ${world.token()}`],
          ],
        }),
      },
      UNSUPPORTED_SCHEME: each(
        ["Basic YWRhOmRlbW8=", 'Digest username="ada"', "Negotiate", "basic"],
        (value) => () => authorization(value),
      ),
    },
    granted: { Bearer: plain },
  },
  {
    rule: "R44 one scheme, one token",
    refused: {
      MALFORMED_HEADER: {
        "a misspelt scheme": (w) => authorization(`Bearre ${w.token()}`),
        "an unknown scheme": (w) => authorization(`Token ${w.token()}`),
        "an empty field": () => authorization(""),
        "a scheme alone": () => authorization("Bearer"),
        "a token alone": (w) => authorization(w.token()),
        "two tokens": (w) => authorization(`Bearer ${w.token()} ${w.token()}`),
        "two credentials": (w) =>
          authorization(`Bearer ${w.token()}, Bearer ${w.token()}`),
        "a token in quotes": (w) => authorization(`Bearer "${w.token()}"`),
      },
    },
    granted: {
      "in small letters": (w) => authorization(`bearer ${w.token()}`),
      "in capitals": (w) => authorization(`BEARER ${w.token()}`),
    },
  },
  {
    rule: "R45 size",
    refused: {
      TOKEN_TOO_LARGE: {
        "above 4096": (world) => bearer(tokenOfSize(world, 4_097)),
        "no token at all, but much of it": () => bearer("x".repeat(9_000)),
      },
    },
    granted: {
      "not above 4096": (world) => bearer(tokenOfSize(world, 4_090)),
    },
  },
  {
    rule: "R46 three segments of JSON",
    refused: {
      TOKEN_MALFORMED: {
        "an opaque token": () => bearer("b7Tq0Zl5"),
        "two segments": segments(({ header, payload }) => [header, payload]),
        "four segments": segments((t) => [t.header, t.payload, t.signed, "x"]),
        "five segments, as of a JWE": segments((t) => [
          ...[t.header, t.payload, t.signed],
          ...["x", "y"],
        ]),
        "a header that is not JSON": segments((t) => [
          ...["abc", t.payload, t.signed],
        ]),
        "a payload that is not JSON": segments((t) => [
          ...[t.header, "abc", t.signed],
        ]),
        "a payload that is a list": segments((t) => [
          ...[t.header, segment([1]), t.signed],
        ]),
        "an empty payload": segments((t) => [t.header, "", t.signed]),
      },
    },
    granted: {
      "three segments": segments((t) => [t.header, t.payload, t.signed]),
    },
  },
  {
    rule: "R47 header parameters",
    refused: {
      HEADER_NOT_ALLOWED: {
        ...each(["jku", "x5u"], (name) =>
          withHeader({ [name]: "http://127.0.0.1:1/jwks" }),
        ),
        "jwk, the key that signed it": ({ stranger, typ, claims }) =>
          bearer(stranger.token({ typ, jwk: stranger.jwk }, claims())),
        "jwk, the issuer's own": (world) =>
          bearer(world.token({}, { jwk: world.forge.jwk })),
        ...each(["x5c", "crit", "b64", "zip", "cty"], (name) =>
          withHeader({ [name]: name === "b64" ? true : "JWT" }),
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
          segments(({ payload }, world) => [
            segment({ typ: world.typ, alg, kid: world.forge.kid }),
            payload,
            "AA",
          ]),
        ),
        ...each(["ES256K", "ES384", "PS256", "Ed25519", "es256"], (alg) =>
          withHeader({ alg }),
        ),
        "a list": (world) => bearer(world.token({}, { alg: [world.alg] })),
        "HS256 by the public key as JWK": byPublicKey("HS256", "jwk"),
        "HS256 by the public key as PEM": byPublicKey("HS256", "pem"),
        "HS512 by the public key as PEM": byPublicKey("HS512", "pem"),
        "RS256 by a published key": byOther("RS256"),
        "another curve by a published key": (world) =>
          byOther(world.alg === "ES256" ? "EdDSA" : "ES256")(world),
      },
    },
    granted: { "the one": (w) => bearer(w.token({}, { alg: w.alg })) },
  },
  {
    rule: "R49 kid",
    refused: {
      KID_INVALID: {
        ...each([undefined, 1, "", null, ["key-1"], "key-1\n"], (kid) =>
          withHeader({ kid }),
        ),
        ...each(
          ["../../../../dev/null", "' or 1=1 --", "key-1\u0000", "k=y"],
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
        ...each(["key-2", "__proto__", "constructor", "KEY-1"], (kid) =>
          withHeader({ kid }),
        ),
        "a kid of 128 letters": withHeader({ kid: "k".repeat(128) }),
        "a kid of another algorithm": withHeader({ kid: "rsa" }),
      },
    },
    granted: { "a published one": plain },
  },
  {
    rule: "R51 signature",
    refused: {
      SIGNATURE_INVALID: {
        stripped: withSignature(() => ""),
        altered: withSignature(
          (_, signed) => (signed.startsWith("A") ? "B" : "A") + signed.slice(1),
        ),
        "cut short": withSignature((_, signed) => signed.slice(0, -8)),
        "all zeroes": withSignature(() =>
          Buffer.alloc(64).toString("base64url"),
        ),
        "by another key of that name": ({ stranger, typ, claims }) =>
          bearer(stranger.token({ typ }, claims())),
        "of another token": segments(({ header, payload }, world) => [
          ...[header, payload, world.token().split(".")[2] ?? ""],
        ]),
        "over another payload": segments(({ header, signed }, world) => [
          ...[header, segment(world.claims({ sub: "usr_hana" })), signed],
        ]),
        "over another header": segments(({ payload, signed }, world) => [
          segment({ typ: world.typ, alg: world.alg, kid: "key-1", x5t: "" }),
          ...[payload, signed],
        ]),
        "DER-encoded, or of another curve": (world) => {
          const [header, payload] = world.token().split(".");
          const { privateKey } = world.forge;
          const input = `${header}.${payload}`;
          const signed =
            world.alg === "ES256"
              ? signature(input, privateKey, "der")
              : signature(input, world.others.ES256.privateKey);
          return bearer(`${input}.${signed}`);
        },
      },
    },
    granted: { right: withSignature((_, signed) => signed) },
  },
  {
    rule: "R52 kind of token",
    refused: {
      WRONG_TOKEN_KIND: {
        ...each(
          ["JWT", "jwt", "logout+jwt", "dpop+jwt", "", 7, undefined, null],
          (typ) => withHeader({ typ }),
        ),
        ...each(
          ["client-authentication+jwt", "secevent+jwt", "id+jwt"],
          (typ) => withHeader({ typ }),
        ),
        "the other door's": (world) =>
          bearer(
            world.token(
              {},
              { typ: world.door === "gateway" ? "hr-internal+jwt" : "at+jwt" },
            ),
          ),
        ...each(["nonce", "at_hash", "c_hash", "s_hash"], (name) =>
          withClaims({ [name]: "n-0S6_WzA2Mj" }),
        ),
        "events of a logout": withClaims({
          events: { "http://schemas.openid.net/event/backchannel-logout": {} },
        }),
      },
    },
    granted: {
      "by its whole media type": (world) =>
        bearer(world.token({}, { typ: `application/${world.typ}` })),
      "in capitals": (world) =>
        bearer(world.token({}, { typ: world.typ.toUpperCase() })),
    },
  },
  {
    rule: "R53 iss",
    refused: {
      ISSUER_MISMATCH: {
        ...each([undefined, "https://id.example.org", null], (iss) =>
          withClaims({ iss }),
        ),
        "with a slash": (world) =>
          bearer(world.token({ iss: `${world.issuer}/` })),
        "in capitals": (world) =>
          bearer(world.token({ iss: world.issuer.toUpperCase() })),
        "a list with it": (world) =>
          bearer(world.token({ iss: [world.issuer] })),
      },
    },
    granted: { exact: (world) => bearer(world.token({ iss: world.issuer })) },
  },
  {
    rule: "R54 aud",
    refused: {
      AUDIENCE_MISMATCH: {
        ...each([undefined, "https://other.example", [], ["x"], {}], (aud) =>
          withClaims({ aud }),
        ),
        "a longer one": (world) =>
          bearer(world.token({ aud: `${world.audience}/v2` })),
        "a shorter one": (world) =>
          bearer(world.token({ aud: world.audience.slice(0, -1) })),
      },
      AUDIENCE_AMBIGUOUS: {
        "two, ours first": (world) =>
          bearer(
            world.token({ aud: [world.audience, "https://other.example"] }),
          ),
        "two, ours last": (world) =>
          bearer(
            world.token({ aud: ["https://other.example", world.audience] }),
          ),
        "ours twice": (world) =>
          bearer(world.token({ aud: [world.audience, world.audience] })),
      },
    },
    granted: {
      "a string": (world) => bearer(world.token({ aud: world.audience })),
      "a list of one": (world) =>
        bearer(world.token({ aud: [world.audience] })),
    },
  },
  {
    rule: "R55 claims",
    refused: {
      CLAIM_INVALID: {
        ...Object.fromEntries(
          ["exp", "iat", "sub", "jti", "client_id"].map((name) => [
            `no ${name}`,
            withClaims({ [name]: undefined }),
          ]),
        ),
        "exp as a string": withClaims(() => ({ exp: String(now() + 50) })),
        "iat as a string": withClaims(() => ({ iat: String(now()) })),
        "nbf as a string": withClaims(() => ({ nbf: String(now()) })),
        ...each(
          [
            { exp: null },
            { sub: { id: "usr_ada" } },
            { sub: "" },
            { sub: ["usr_ada"] },
            { jti: 1 },
            { client_id: ["hr-spa"] },
            { gid: 1 },
            { auth_time: "yesterday" },
            { acr: 1 },
            { employee_id: ["emp_1"] },
            { employee_id: "" },
            { employee_id: "emp_1' or '1'='1" },
            { employee_id: "e".repeat(65) },
          ],
          withClaims,
        ),
      },
    },
    granted: {
      "all there are": withClaims(() => ({
        ...{ employee_id: "emp_1", gid: "grant-1", acr: "1" },
        auth_time: now(),
      })),
    },
  },
  {
    rule: "R56 time",
    refused: {
      TOKEN_EXPIRED: {
        "a second more than clocks may differ": withClaims(() => ({
          ...{ iat: now() - 40, exp: now() - 6 },
        })),
        "long ago": withClaims({ iat: 0, exp: 1 }),
      },
      TOKEN_NOT_YET_VALID: {
        "issued in a minute": withClaims(() => ({
          ...{ iat: now() + 60, exp: now() + 90 },
        })),
        "not before a minute from now": withClaims(() => ({ nbf: now() + 60 })),
      },
    },
    granted: {
      "expired a second ago": withClaims(() => ({ exp: now() - 1 })),
      "issued in two seconds": withClaims(() => ({ iat: now() + 2 })),
      "not before two seconds from now": withClaims(() => ({ nbf: now() + 2 })),
    },
  },
  {
    rule: "R57 lifetime",
    refused: {
      LIFETIME_TOO_LONG: {
        "a second too long": ({ token, maximumLifetime }) =>
          bearer(token({ iat: now(), exp: now() + maximumLifetime + 1 })),
        "for ever": withClaims({ exp: 1e300 }),
      },
    },
    granted: {
      "as long as may be": ({ token, maximumLifetime }) =>
        bearer(token({ iat: now(), exp: now() + maximumLifetime })),
    },
  },
  {
    rule: "R58 scope",
    refused: {
      SCOPE_AMBIGUOUS: {
        ...each(["scp", "scopes", "permissions"], (name) =>
          withClaims({ [name]: ["payroll:read"] }),
        ),
        "scp alone": withClaims({ scope: undefined, scp: "payroll:read" }),
      },
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
      CNF_UNSUPPORTED: {
        "a certificate": (world) =>
          bearer(
            world.token({ cnf: { "x5t#S256": thumbprint(world.forge.jwk) } }),
          ),
        "a certificate beside a key": (world) => {
          const jkt = thumbprint(world.forge.jwk);
          return bearer(world.token({ cnf: { jkt, "x5t#S256": jkt } }));
        },
        ...each(
          [{ jkt: ["x"] }, { jkt: "short" }, { jwk: {} }, {}, null],
          (cnf) => withClaims({ cnf }),
        ),
      },
    },
    granted: { none: withClaims({ cnf: undefined }) },
  },
];

/** The refused ones of a table, with titles of their own. */
export function casesOf(table: readonly Rule[]): readonly Case[] {
  return table.flatMap(({ rule, refused }) =>
    Object.entries(refused).flatMap(([reason, makes]) =>
      Object.entries(makes).map(([name, make]) => ({
        title: `${rule}: ${name} is ${reason}`,
        reason: reason as Reason,
        make,
      })),
    ),
  );
}

/** What the same rules grant. */
export function grantsOf(
  table: readonly Rule[],
): readonly Pick<Case, "title" | "make">[] {
  return table.flatMap(({ rule, granted }) =>
    Object.entries(granted).map(([name, make]) => ({
      title: `${rule}: ${name}`,
      make,
    })),
  );
}

export function requestsOf(make: Make, world: World): readonly Wire[] {
  const made = make(world);
  return Array.isArray(made) ? (made as readonly Wire[]) : [made as Wire];
}
