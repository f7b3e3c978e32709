import { randomUUID } from "node:crypto";
import type { Principal } from "@hr/access";
import {
  type JSONWebKeySet,
  SignJWT,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
} from "jose";
import { generateInternalKeys } from "./internal-keys.ts";
import { type KeySource, localKeys } from "./keys.ts";
import { type InternalMintOptions, createInternalMint } from "./mint.ts";

export {
  createForge,
  digest,
  proofOf,
  segment,
  signature,
  thumbprint,
} from "./test-forge.ts";
export type { Forge, Part, ProofChanges } from "./test-forge.ts";
export { broken, html, json, startKeyServer } from "./test-key-server.ts";
export type { KeyServer } from "./test-key-server.ts";

/** An issuer for tests, with a key of its own that nothing else trusts. */
export type TestIssuer = {
  readonly jwks: JSONWebKeySet;
  readonly keys: KeySource;
  /** A good access token; each further name is a claim, and `undefined` takes one out. */
  accessToken(claims?: TestClaims): Promise<string>;
};

export type TestClaims = {
  readonly sub?: string;
  readonly clientId?: string;
  readonly scope?: string;
  readonly employeeId?: string;
  readonly [claim: string]: unknown;
};

export type TestIssuerOptions = {
  readonly issuer: string;
  readonly audience: string;
  /** Default `ES256`. */
  readonly algorithm?: "ES256" | "RS256";
  /** Header `typ`. Default `at+jwt`. */
  readonly type?: string;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
};

export async function createTestIssuer({
  issuer,
  audience,
  algorithm: alg = "ES256",
  type: typ = "at+jwt",
  clock = Date.now,
}: TestIssuerOptions): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const jwks = { keys: [{ ...jwk, kid, alg, use: "sig" }] };
  return {
    jwks,
    keys: localKeys(jwks),
    accessToken({ clientId, scope, employeeId, ...claims } = {}) {
      const iat = Math.floor(clock() / 1_000);
      return new SignJWT({
        iss: issuer,
        aud: audience,
        sub: "usr_test",
        client_id: clientId ?? "test-client",
        jti: randomUUID(),
        iat,
        exp: iat + 300,
        ...(scope && { scope }),
        ...(employeeId !== undefined && { employee_id: employeeId }),
        ...claims,
      })
        .setProtectedHeader({ typ, alg, kid })
        .sign(privateKey);
    },
  };
}

/** A gateway's mint for tests: the real one, with a key of its own. */
export type TestMint = {
  readonly jwks: JSONWebKeySet;
  readonly keys: KeySource;
  token(caller: TestCaller): Promise<string>;
};

export type TestCaller = {
  readonly subgraph: string;
  readonly sub?: string;
  readonly clientId?: string;
  readonly scope?: string;
  readonly employeeId?: string;
  /** The whole of the caller's scope; as `scope` when left out. */
  readonly grantedScope?: string;
  /** When the caller's own token ends, epoch seconds; as this token when left out. */
  readonly grantedUntil?: number;
  /** Epoch seconds. */
  readonly authTime?: number;
  readonly acr?: string;
  /** Further claims of the caller's own token, told to the subgraph as the gateway would. */
  readonly claims?: Principal["claims"];
};

export async function createTestMint(
  options: Partial<Pick<InternalMintOptions, "issuer" | "clock">> = {},
): Promise<TestMint> {
  const keys = await generateInternalKeys();
  const mint = createInternalMint({
    issuer: "urn:hr:gateway",
    ...options,
    keys,
  });
  return {
    jwks: keys.jwks,
    keys: localKeys(keys.jwks),
    token(caller) {
      const principal = principalFor(caller);
      return mint.mint(principal, caller.subgraph, {
        scopes: principal.scopes,
        claims: new Set([
          "employee_id",
          "auth_time",
          "acr",
          "granted_scope",
          "granted_exp",
          ...Object.keys(principal.claims),
        ]),
      });
    },
  };
}

function principalFor(caller: TestCaller): Principal {
  const { sub = "usr_test", clientId = "test-client" } = caller;
  const scopes = words(caller.scope);
  return {
    kind: sub === clientId ? "machine" : "person",
    subject: sub,
    clientId,
    employeeId: caller.employeeId ?? null,
    scopes,
    grantedScopes:
      caller.grantedScope === undefined ? scopes : words(caller.grantedScope),
    grantedUntil: caller.grantedUntil ?? 0,
    authTime: caller.authTime ?? null,
    acr: caller.acr ?? null,
    grantId: null,
    tokenId: null,
    expiresAt: 0,
    claims: caller.claims ?? {},
  };
}

function words(scope: string | undefined): ReadonlySet<string> {
  return new Set(scope?.split(" ").filter(Boolean));
}
