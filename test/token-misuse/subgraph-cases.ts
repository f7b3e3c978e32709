import { createForge, thumbprint } from "@hr/tokens/testing";
import type { Make, Rule } from "./cases.ts";
import { each, withClaims } from "./cases.ts";
import { type Wire, authorization, bearer } from "./wire.ts";
import { type World, now } from "./world.ts";

/** The auth service's key, which a subgraph has never heard of. */
const issuer = createForge("ES256", "key-1");

/** The caller's own token, as the gateway got it. */
function callersToken({ claims }: World, changes = {}): string {
  return issuer.token(
    { typ: "at+jwt" },
    claims({
      iss: "https://id.example",
      aud: "https://api.example/graphql",
      ...changes,
    }),
  );
}

/** Who somebody says to be, wherever a server might look. */
const pretence = (world: World): Wire => ({
  headers: [
    ["X-User", "usr_hana"],
    ["X-Forwarded-User", "usr_hana"],
    ["X-Scope", "payroll:read"],
    ["X-Access-Token", world.token()],
    ["Cookie", `token=${world.token()}`],
  ],
  more: {
    variables: { jwt: world.token(), sub: "usr_hana" },
    extensions: {
      jwt: world.token(),
      claims: { sub: "usr_hana", scope: "payroll:read" },
    },
  },
});

const unproved =
  (query: string): Make =>
  (world) => ({ ...pretence(world), query });

const byScheme =
  (scheme: string): Make =>
  (world) =>
    authorization(`${scheme} ${world.token()}`);

/** R78: what a subgraph takes beside the gateway's token, which is nothing. */
export const subgraphRules: readonly Rule[] = [
  {
    rule: "R78 the gateway's token alone",
    refused: {
      NO_TOKEN: {
        "no token": () => ({}),
        "an identity in headers, variables and extensions": (world) =>
          pretence(world),
        "entities without a token": unproved(
          '{ _entities(representations: [{ __typename: "Person", id: "1" }]) { __typename } }',
        ),
        "introspection without a token": unproved(
          "{ __schema { types { name } } }",
        ),
        "the SDL without a token": unproved("{ _service { sdl } }"),
        "a mutation without a token": unproved("mutation { change }"),
        "no operation without a token": () => ({ body: "{" }),
        "a GET without a token": () => ({
          method: "GET",
          path: "/graphql?query=%7Bwhoami%7D",
        }),
      },
      UNSUPPORTED_SCHEME: {
        "its own token as DPoP": byScheme("DPoP"),
        "its own token as Basic": byScheme("Basic"),
      },
      ALG_NOT_ALLOWED: {
        "the caller's own token": (world) => bearer(callersToken(world)),
        "a token of the issuer for this subgraph": (world) =>
          bearer(
            callersToken(world, { iss: world.issuer, aud: world.audience }),
          ),
        "an internal token signed by the issuer": (world) =>
          bearer(issuer.token({ typ: world.typ }, world.claims())),
      },
      SIGNATURE_INVALID: {
        "the issuer's key behind EdDSA": (world) =>
          bearer(
            issuer.token({ typ: world.typ, alg: "EdDSA" }, world.claims()),
          ),
      },
      AUDIENCE_MISMATCH: {
        "a sibling's token": withClaims({ aud: "urn:hr:subgraph:payroll" }),
        "one for every subgraph": withClaims({ aud: "urn:hr:subgraph:*" }),
        "one for the API": withClaims({ aud: "https://api.example/graphql" }),
      },
      AUDIENCE_AMBIGUOUS: {
        "one for a sibling as well": withClaims({
          aud: ["urn:hr:subgraph:people", "urn:hr:subgraph:payroll"],
        }),
      },
      ISSUER_MISMATCH: {
        "one with the issuer's iss": withClaims({ iss: "https://id.example" }),
      },
      WRONG_TOKEN_KIND: {
        "the gateway's key on an access token": (world) =>
          bearer(world.token({}, { typ: "at+jwt" })),
      },
      TOKEN_EXPIRED: {
        "one older than 60 s": withClaims(() => ({
          ...{ iat: now() - 70, exp: now() - 10 },
        })),
      },
      LIFETIME_TOO_LONG: {
        "one as long as a caller's": withClaims(() => ({ exp: now() + 300 })),
      },
      CNF_UNSUPPORTED: {
        "one that is bound": (world) =>
          bearer(world.token({ cnf: { jkt: thumbprint(issuer.jwk) } })),
      },
      SCOPE_INVALID: each([["payroll:read"], "a  b", 1], (granted_scope) =>
        withClaims({ granted_scope }),
      ),
    },
    granted: {
      "the gateway's token, whatever identity stands beside it": (world) => {
        const { headers = [], more = {} } = pretence(world);
        const { headers: own = [] } = bearer(world.token());
        return { headers: [...headers, ...own], more };
      },
    },
  },
];
