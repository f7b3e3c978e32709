import { createHmac } from "node:crypto";
import {
  type Forge,
  type ProofChanges,
  createForge,
  digest,
  proofOf,
  segment,
  thumbprint,
} from "@hr/tokens/testing";
import type { Make, Rule } from "./cases.ts";
import { each, withClaims } from "./cases.ts";
import { type Wire, authorization, bearer, bound } from "./wire.ts";
import { type World, now } from "./world.ts";

/** What the denylist of these tests holds. */
export const denied = {
  jti: "token-denied",
  gid: "grant-denied",
  sub: "usr_disabled",
} as const;

/** The key of a browser, and one that a thief has. */
const key = createForge("ES256", "browser");
const thief = createForge("ES256", "thief");
const jkt = thumbprint(key.jwk);
const htu = "https://graph.example/graphql";

const boundToken = (world: World) => world.token({ cnf: { jkt } });

function prove(
  token: string,
  changes: ProofChanges = {},
  by: Forge = key,
): string {
  return proofOf(by, { token, htu, now: now() }, changes);
}

/** A bound token with one proof, good but for the changes. */
const withProof =
  (changes: ProofChanges | (() => ProofChanges), by: Forge = key): Make =>
  (world) => {
    const token = boundToken(world);
    const made = typeof changes === "function" ? changes() : changes;
    return bound(token, prove(token, made, by));
  };

const proofClaims = (claims: ProofChanges["claims"]): Make =>
  withProof({ claims: claims ?? {} });

/** A proof that shows a shared secret as its key. */
function symmetricProof(token: string): string {
  const jwk = { kty: "oct", k: "c2VjcmV0" };
  const claims = { htm: "POST", htu, iat: now(), jti: "s", ath: digest(token) };
  const input = `${segment({ typ: "dpop+jwt", alg: "HS256", jwk })}.${segment(claims)}`;
  const mac = createHmac("sha256", "secret").update(input).digest("base64url");
  return `${input}.${mac}`;
}

/** R48 to R62 where only the gateway has them: other kinds of token, revocation, binding. */
export const gatewayRules: readonly Rule[] = [
  {
    rule: "R48 internal tokens",
    refused: {
      ALG_NOT_ALLOWED: {
        "one meant for a subgraph": ({ others, claims }) =>
          bearer(
            others.EdDSA.token(
              { typ: "hr-internal+jwt" },
              claims({ iss: "urn:hr:gateway", aud: "urn:hr:subgraph:people" }),
            ),
          ),
      },
    },
    granted: { "the caller's own": (world) => bearer(world.token()) },
  },
  {
    rule: "R52 tokens of the same issuer and key",
    refused: {
      WRONG_TOKEN_KIND: {
        "an ID token for the client": (world) =>
          bearer(
            world.token(
              { aud: "hr-spa", nonce: "n", name: "Ada" },
              { typ: "JWT" },
            ),
          ),
        "an ID token that names the API": (world) =>
          bearer(world.token({ nonce: "n", at_hash: "h" }, { typ: undefined })),
        "a client assertion": (world) =>
          bearer(
            world.token(
              { iss: "hr-spa", sub: "hr-spa", scope: undefined },
              { typ: "JWT" },
            ),
          ),
      },
      HEADER_NOT_ALLOWED: {
        "a DPoP proof": (world) => bearer(prove(boundToken(world))),
      },
    },
    granted: {
      "a machine's access token": (world) =>
        bearer(world.token({ sub: "usr_ada", client_id: "usr_ada" })),
    },
  },
  {
    rule: "R55 nobody",
    refused: {
      CLAIM_INVALID: {
        "a token for nobody": withClaims({
          ...{ sub: "anonymous", client_id: "anonymous" },
        }),
        "a token of nobody": withClaims({ client_id: "anonymous" }),
      },
    },
    granted: { "a person": (world) => bearer(world.token()) },
  },
  {
    rule: "R60 revocation",
    refused: {
      TOKEN_REVOKED: {
        "its jti": withClaims({ jti: denied.jti }),
        "its grant": withClaims({ gid: denied.gid }),
        "its person, issued before": withClaims({ sub: denied.sub }),
        "its jti, bound and proved": (world) => {
          const token = world.token({ jti: denied.jti, cnf: { jkt } });
          return bound(token, prove(token));
        },
      },
    },
    granted: {
      "others of each": withClaims({ jti: "another", gid: "another" }),
    },
  },
  {
    rule: "R61 binding",
    refused: {
      DPOP_REQUIRED: {
        "bound, as Bearer": (world) => bearer(boundToken(world)),
        "bound, as Bearer beside a good proof": (world) => {
          const token = boundToken(world);
          const { headers = [] } = bearer(token);
          return { headers: [...headers, ["DPoP", prove(token)]] };
        },
        "bound, as Bearer once it is known": (world) => {
          const token = boundToken(world);
          return [bound(token, prove(token)), bearer(token)];
        },
      },
      DPOP_NOT_BOUND: {
        "unbound, as DPoP": (w) => authorization(`DPoP ${w.token()}`),
        "unbound, as DPoP with a proof": (world) => {
          const token = world.token();
          return bound(token, prove(token));
        },
        "unbound, as DPoP once it is known": (world) => {
          const token = world.token();
          return [bearer(token), bound(token, prove(token))];
        },
      },
    },
    granted: {
      "unbound, as Bearer beside a proof": (world) => {
        const token = world.token();
        const { headers = [] } = bearer(token);
        return { headers: [...headers, ["DPoP", prove(token)]] };
      },
      "bound, as DPoP": withProof({}),
    },
  },
  {
    rule: "R62 proof",
    refused: {
      DPOP_INVALID: {
        absent: (world) => bound(boundToken(world)),
        "two of them": (world) => {
          const token = boundToken(world);
          return bound(token, prove(token), prove(token));
        },
        "the same twice": (world) => {
          const token = boundToken(world);
          const proof = prove(token);
          return bound(token, proof, proof);
        },
        "no token at all": (world) => bound(boundToken(world), "x"),
        "two in one field": (world) => {
          const token = boundToken(world);
          return bound(token, `${prove(token)}, ${prove(token)}`);
        },
        "above 4096 bytes": proofClaims({ pad: "x".repeat(4_096) }),
        ...each(["JWT", "at+jwt", "DPOP+JWT", undefined], (typ) =>
          withProof({ header: { typ } }),
        ),
        ...each(["none", "ES384", "RS256", undefined], (alg) =>
          withProof({ header: { alg } }),
        ),
        "by a shared secret": (world) => {
          const token = boundToken(world);
          return bound(token, symmetricProof(token));
        },
        "with the private key inside": withProof({
          header: { jwk: key.privateKey.export({ format: "jwk" }) },
        }),
        "without its key": withProof({ header: { jwk: undefined } }),
        "by a thief's key": withProof({}, thief),
        "by a thief's key, showing the browser's": withProof(
          { header: { jwk: key.jwk } },
          thief,
        ),
        "for another token": (world) => {
          const [mine, stolen] = [boundToken(world), boundToken(world)];
          return bound(stolen, prove(mine));
        },
        "for no token": proofClaims({ ath: undefined }),
        ...each(["GET", "post", "", undefined], (htm) => proofClaims({ htm })),
        ...each(
          [
            "https://graph.example/",
            "https://graph.example/graphql/v2",
            "https://graph.example.org/graphql",
            "http://graph.example/graphql",
            "https://graph.example:8443/graphql",
            "/graphql",
            undefined,
          ],
          (url) => proofClaims({ htu: url }),
        ),
        "stale by two minutes": withProof(() => ({
          claims: { iat: now() - 120 },
        })),
        "made in two minutes": withProof(() => ({
          claims: { iat: now() + 120 },
        })),
        "made nobody knows when": proofClaims({ iat: undefined }),
        "iat as a string": withProof(() => ({ claims: { iat: `${now()}` } })),
        ...each([undefined, "", 1], (jti) => proofClaims({ jti })),
        replayed: (world) => {
          const token = boundToken(world);
          const request = bound(token, prove(token));
          return [request, request];
        },
        "its id replayed in another proof": (world) => {
          const token = boundToken(world);
          const again = () =>
            prove(token, { claims: { jti: token.slice(-9) } });
          return [bound(token, again()), bound(token, again())];
        },
        "its id replayed for another token": (world) => {
          const claims = { jti: world.token().slice(-9) };
          const request = (token: string): Wire =>
            bound(token, prove(token, { claims }));
          return [request(boundToken(world)), request(boundToken(world))];
        },
      },
    },
    granted: {
      right: withProof({}),
      "made half a minute ago": withProof(() => ({
        claims: { iat: now() - 30 },
      })),
      "with a query and a fragment": proofClaims({ htu: `${htu}?a=1#b` }),
      "a new one for each request": (world) => {
        const token = boundToken(world);
        return [bound(token, prove(token)), bound(token, prove(token))];
      },
      "the scheme in small letters": (world) => {
        const token = boundToken(world);
        return {
          headers: [
            ["Authorization", `dpop ${token}`],
            ["dpop", prove(token)],
          ],
        };
      },
    },
  },
];
