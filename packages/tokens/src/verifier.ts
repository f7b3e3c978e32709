import { hash } from "node:crypto";
import type { Principal } from "@hr/access";
import { LRUCache } from "lru-cache";
import { isExpired } from "./claims.ts";
import {
  type CredentialRequest,
  type Credentials,
  readCredentials,
} from "./credentials.ts";
import { createProofVerifier } from "./dpop.ts";
import { principalOf } from "./principal-of.ts";
import {
  type RefusalReason,
  type TokenRefusal,
  createRefuse,
} from "./refusal.ts";
import { type Proved, type TrustedIssuer, proveToken } from "./verify.ts";

export type Verified = {
  readonly kind: "verified";
  /** One object for a token as long as it is cached. */
  readonly principal: Principal;
};

export type TokenVerifier = {
  /** Never rejects for anything a caller can send. */
  verify(request: CredentialRequest): Promise<Verified | TokenRefusal>;
  /** @throws Error while there are no keys of the first issuer to verify with. */
  ready(): Promise<void>;
  /** How well the memory of proved tokens serves. */
  readonly stats: () => TokenCacheStats;
  /** Closes the keys as well. */
  close(): void;
};

/** Tokens in memory, and how often one was found there or not. */
export type TokenCacheStats = {
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
};

/** Says whether a caller's token has been revoked; `unknown` when that cannot be told. */
export type Revocation = (
  token: TokenNames,
  /** Claim `iat`, epoch seconds. */
  issuedAt: number,
) => boolean | "unknown";

/** By what a token may be revoked, in its issuer's own words. */
export type TokenNames = Pick<Principal, "tokenId" | "grantId" | "subject">;

export type VerifiedIssuer = TrustedIssuer & { readonly isRevoked: Revocation };

export type VerifierOptions = {
  /** The first also answers for tokens whose issuer is none of these. */
  readonly issuers: readonly [VerifiedIssuer, ...VerifiedIssuer[]];
  /** Address that DPoP proofs are made for; null where no token is bound. */
  readonly publicUrl: string | null;
  readonly realm: string;
  readonly resourceMetadata: string | null;
  readonly clock: () => number;
};

type Known = Proved<VerifiedIssuer> & {
  readonly names: TokenNames;
  readonly verified: Verified;
};

const maximumKnown = 20_000;

/**
 * The one way from a request to a principal. What was proved about a token is kept
 * by the token's digest; what can change is looked at each time: expiry, the
 * issuer's keys, revocation, and the proof that comes with each request.
 */
export function createVerifier(options: VerifierOptions): TokenVerifier {
  const { issuers, publicUrl, clock } = options;
  const [first] = issuers;
  const dpop = publicUrl !== null;
  const refuse = createRefuse({ ...options, dpop });
  const proofs = createProofVerifier(publicUrl ?? "", clock);
  const counts = { hits: 0, misses: 0, evictions: 0 };
  const known = new LRUCache<string, Known>({
    max: maximumKnown,
    dispose(_token, _digest, reason) {
      if (reason === "evict") counts.evictions += 1;
    },
  });
  const byName = new Map<unknown, VerifiedIssuer>(
    issuers.map((issuer) => [issuer.profile.issuer, issuer]),
  );
  const issuerOf = (iss: unknown) => byName.get(iss) ?? first;
  const now = () => clock() / 1_000;

  async function recall(digest: string): Promise<Known | null> {
    const found = known.get(digest);
    if (!found) return null;
    const { issuer, header, claims } = found;
    const key = await issuer.keys.get(header.kid, header.alg);
    if (key === found.key && !isExpired(claims.exp, now())) return found;
    known.delete(digest);
    return null;
  }

  async function prove(token: string): Promise<Known | RefusalReason> {
    const proved = await proveToken(token, issuerOf, now());
    if (typeof proved === "string") return proved;
    const { claims, identity, issuer } = proved;
    const principal = principalOf(proved, issuer.profile.internal);
    return {
      ...proved,
      names: {
        tokenId: identity.tokenId,
        grantId: claims.gid ?? null,
        subject: claims.sub,
      },
      verified: { kind: "verified", principal },
    };
  }

  async function objection(
    { claims, names, issuer }: Known,
    { scheme }: Credentials,
    { request, digest }: { request: CredentialRequest; digest: string },
  ): Promise<RefusalReason | null> {
    const isRevoked = issuer.isRevoked(names, claims.iat);
    if (isRevoked === "unknown") return "DENYLIST_UNAVAILABLE";
    if (isRevoked) return "TOKEN_REVOKED";
    if (scheme === "Bearer") return claims.cnf ? "DPOP_REQUIRED" : null;
    if (!claims.cnf) return "DPOP_NOT_BOUND";
    const of = { thumbprint: claims.cnf.jkt, tokenDigest: digest };
    return (await proofs.verify(request, of)) ? null : "DPOP_INVALID";
  }

  return {
    async verify(request) {
      const credentials = readCredentials(request, dpop);
      if (typeof credentials === "string") return refuse(credentials);
      const digest = hash("sha256", credentials.token, "base64url");
      const recalled = await recall(digest);
      if (recalled) counts.hits += 1;
      else counts.misses += 1;
      const token = recalled ?? (await prove(credentials.token));
      if (typeof token === "string") return refuse(token);
      const reason = await objection(token, credentials, { request, digest });
      if (reason) return refuse(reason);
      known.set(digest, token);
      return token.verified;
    },
    async ready() {
      const { kind } = await first.keys.ready();
      if (kind === "unavailable")
        throw new Error("There are no keys to verify tokens with.");
    },
    stats: () => ({ entries: known.size, bytes: 0, ...counts }),
    close() {
      for (const { keys } of issuers) keys.close();
    },
  };
}
