import { randomUUID } from "node:crypto";
import type { Principal } from "@hr/access";
import { type JSONWebKeySet, SignJWT } from "jose";
import { type ForwardedClaim, forwardedClaims } from "./forwarded-claims.ts";
import type { InternalKeys } from "./internal-keys.ts";
import { internalToken, subgraphAudience } from "./internal-token.ts";

/** What one subgraph is told about a caller. */
export type InternalTokenShape = {
  /** Scopes of the subgraph's policy: the token carries the caller's among them. */
  readonly scopes: ReadonlySet<string>;
  /**
   * Of `employee_id`, `auth_time`, `acr`, `granted_scope`, `granted_exp`, and others of
   * the caller's own token: as it states them, when they are a string of at most 200
   * characters, a number, a boolean, or at most 50 such strings. No effect have names
   * that state permissions, such as `roles`, or mean something in the token itself.
   */
  readonly claims: ReadonlySet<string>;
};

export type InternalMint = {
  /**
   * A token for one subgraph, valid for a minute and never longer than the caller's
   * own. The same caller object gets the same token for 45 s by the same shape object,
   * or until another key signs; no other caller does.
   * `anonymous` gets a token without scopes.
   */
  mint(
    principal: Principal,
    subgraph: string,
    shape: InternalTokenShape,
  ): Promise<string>;
  /** The public halves, for the subgraphs. */
  jwks(): JSONWebKeySet;
};

export type InternalMintOptions = {
  /** The gateway's name, such as `urn:hr:gateway`. */
  readonly issuer: string;
  /** Looked at each time: may change while in use, as live keys do. */
  readonly keys: InternalKeys;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
};

type Minted = {
  readonly token: Promise<string>;
  readonly kid: string;
  readonly mintedAt: number;
};

type BySubgraph = Map<string, Minted>;

const reuseMs = 45_000;

/** Mints the tokens that carry a proved caller from the gateway to a subgraph. */
export function createInternalMint(options: InternalMintOptions): InternalMint {
  const { issuer, keys, clock = Date.now } = options;
  // Principals are made once for a verified token, so they stand for its digest.
  const minted = new WeakMap<
    Principal,
    WeakMap<InternalTokenShape, BySubgraph>
  >();

  function recall(principal: Principal, shape: InternalTokenShape): BySubgraph {
    const byShape =
      minted.get(principal) ?? new WeakMap<InternalTokenShape, BySubgraph>();
    minted.set(principal, byShape);
    const known = byShape.get(shape) ?? new Map<string, Minted>();
    byShape.set(shape, known);
    return known;
  }

  return {
    mint(principal, subgraph, shape) {
      const known = recall(principal, shape);
      const { kid } = keys;
      const now = clock();
      const before = known.get(subgraph);
      const age = before ? now - before.mintedAt : reuseMs;
      // A clock set back makes a token one of the future.
      if (before?.kid === kid && age >= 0 && age < reuseMs) return before.token;
      const claims = claimsFor(principal, shape);
      const token = sign(
        { ...claims, iss: issuer, aud: subgraphAudience(subgraph) },
        { keys, iat: Math.floor(now / 1_000), until: principal.expiresAt },
      );
      known.set(subgraph, { token, kid, mintedAt: now });
      token.catch(() => known.delete(subgraph));
      return token;
    },
    jwks: () => keys.jwks,
  };
}

type InternalClaims = Readonly<Record<string, ForwardedClaim | undefined>>;

const actors = { person: "user", machine: "service", anonymous: undefined };

function claimsFor(
  principal: Principal,
  { scopes, claims }: InternalTokenShape,
): InternalClaims {
  const listed = {
    employee_id: principal.employeeId,
    auth_time: principal.authTime,
    acr: principal.acr,
    granted_scope: scopeOf([...principal.grantedScopes]),
    granted_exp: principal.grantedUntil || null,
  };
  return {
    ...forwardedClaims(principal.claims, claims),
    sub: principal.subject,
    client_id: principal.clientId,
    gid: principal.grantId ?? undefined,
    scope: scopeOf([...principal.scopes].filter((scope) => scopes.has(scope))),
    actor: actors[principal.kind],
    ...Object.fromEntries(
      Object.entries(listed).filter(
        ([name, value]) => claims.has(name) && value !== null,
      ),
    ),
  };
}

/** An empty scope is left out (RFC 6749 section 3.3 has no word for it). */
function scopeOf(scopes: readonly string[]): string | undefined {
  return scopes.length === 0 ? undefined : scopes.join(" ");
}

type Signing = {
  readonly keys: InternalKeys;
  readonly iat: number;
  /** Epoch seconds at which the caller's own token ends; 0 when there is none. */
  readonly until: number;
};

function sign(
  claims: InternalClaims,
  { keys, iat, until }: Signing,
): Promise<string> {
  const exp = iat + internalToken.lifetime;
  return new SignJWT({
    ...claims,
    iat,
    exp: until === 0 ? exp : Math.min(exp, until),
    jti: randomUUID(),
  })
    .setProtectedHeader({
      typ: internalToken.type,
      alg: internalToken.algorithm,
      kid: keys.kid,
    })
    .sign(keys.privateKey);
}
