import { randomUUID } from "node:crypto";
import { type Forge, type Part, createForge } from "@hr/tokens/testing";
import type { JSONWebKeySet } from "jose";

/** Where tokens are refused, and the issuer whose tokens are taken there. */
export type World = {
  readonly door: "gateway" | "subgraph";
  readonly issuer: string;
  readonly audience: string;
  readonly typ: string;
  readonly alg: "ES256" | "EdDSA";
  /** Seconds. */
  readonly maximumLifetime: number;
  readonly forge: Forge;
  /** Has a key of the same name, which nobody publishes. */
  readonly stranger: Forge;
  /** Keys that the issuer publishes beside its own, of other algorithms. */
  readonly others: Readonly<Record<"RS256" | "ES256" | "EdDSA", Forge>>;
  readonly jwks: JSONWebKeySet;
  readonly claims: (changes?: Part) => Part;
  /** A good token but for the changes; `undefined` takes a claim or parameter out. */
  readonly token: (changes?: Part, header?: Part) => string;
};

type Parameters = Pick<
  World,
  "door" | "issuer" | "audience" | "typ" | "alg" | "maximumLifetime"
>;

/** The issuer is the auth service's likeness, with access tokens of RFC 9068. */
export const gatewayWorld = () =>
  createWorld({
    door: "gateway",
    issuer: "http://localhost:1/issuer",
    audience: "https://graph.example/graphql",
    typ: "at+jwt",
    alg: "ES256",
    maximumLifetime: 3_600,
  });

/** The issuer is the gateway's likeness, with internal tokens for one subgraph. */
export const subgraphWorld = () =>
  createWorld({
    door: "subgraph",
    issuer: "urn:hr:gateway",
    audience: "urn:hr:subgraph:people",
    typ: "hr-internal+jwt",
    alg: "EdDSA",
    maximumLifetime: 60,
  });

/** Epoch seconds. */
export function now(): number {
  return Math.floor(Date.now() / 1_000);
}

function createWorld(parameters: Parameters): World {
  const { alg, typ, issuer, audience } = parameters;
  const forge = createForge(alg, "key-1");
  const others = {
    RS256: createForge("RS256", "rsa"),
    ES256: createForge("ES256", "ec"),
    EdDSA: createForge("EdDSA", "ed"),
  };
  const published = Object.entries(others)
    .filter(([name]) => name !== alg)
    .flatMap(([, { jwks }]) => jwks.keys);
  const claims = (changes: Part = {}) => ({
    iss: issuer,
    aud: audience,
    sub: "usr_ada",
    client_id: "hr-spa",
    jti: randomUUID(),
    iat: now() - 5,
    exp: now() + 50,
    scope: "payroll:read leave:read:self",
    ...changes,
  });
  return {
    ...parameters,
    ...{ forge, others, claims },
    stranger: createForge(alg, "key-1"),
    jwks: { keys: [...forge.jwks.keys, ...published] },
    token: (changes = {}, header = {}) =>
      forge.token({ typ, ...header }, claims(changes)),
  };
}
