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
import type { KeySource } from "./keys.ts";
import { principalOf } from "./principal-of.ts";
import {
  type RefusalReason,
  type TokenRefusal,
  createRefuse,
} from "./refusal.ts";
import { type Proved, type TokenProfile, proveToken } from "./verify.ts";

export type Verified = {
  readonly kind: "verified";
  /** One object for a token as long as it is cached. */
  readonly principal: Principal;
};

export type TokenVerifier = {
  /** Never rejects for anything a caller can send. */
  verify(request: CredentialRequest): Promise<Verified | TokenRefusal>;
  /** @throws Error while there are no keys to verify with. */
  ready(): Promise<void>;
  /** Closes the keys as well. */
  close(): void;
};

/** Given when asking whether a caller's token has been revoked. */
export type Revocation = (
  principal: Principal,
  /** Claim `iat`, epoch seconds. */
  issuedAt: number,
) => boolean;

export type VerifierOptions = {
  readonly profile: TokenProfile;
  readonly keys: KeySource;
  readonly realm: string;
  readonly resourceMetadata: string | null;
  readonly clock: () => number;
  readonly isRevoked: Revocation;
};

type Known = Proved & { readonly verified: Verified };

const maximumKnown = 20_000;

/**
 * The one way from a request to a principal. What was proved about a token is kept
 * by the token's digest; what can change is looked at each time: expiry, the
 * issuer's keys, revocation, and the proof that comes with each request.
 */
export function createVerifier(options: VerifierOptions): TokenVerifier {
  const { profile, keys, clock } = options;
  const refuse = createRefuse({ ...options, dpop: profile.dpop });
  const proofs = createProofVerifier(profile.audience, clock);
  const known = new LRUCache<string, Known>({ max: maximumKnown });
  const now = () => clock() / 1_000;

  async function recall(digest: string): Promise<Known | null> {
    const found = known.get(digest);
    if (!found) return null;
    const key = await keys.get(found.kid, profile.algorithm);
    if (key === found.key && !isExpired(found.claims.exp, now())) return found;
    known.delete(digest);
    return null;
  }

  async function prove(token: string): Promise<Known | RefusalReason> {
    const proved = await proveToken(token, profile, { keys, now: now() });
    if (typeof proved === "string") return proved;
    const principal = principalOf(proved, profile.internal);
    return { ...proved, verified: { kind: "verified", principal } };
  }

  async function objection(
    { claims, verified }: Known,
    { scheme }: Credentials,
    { request, digest }: { request: CredentialRequest; digest: string },
  ): Promise<RefusalReason | null> {
    if (options.isRevoked(verified.principal, claims.iat))
      return "TOKEN_REVOKED";
    if (scheme === "Bearer") return claims.cnf ? "DPOP_REQUIRED" : null;
    if (!claims.cnf) return "DPOP_NOT_BOUND";
    const of = { thumbprint: claims.cnf.jkt, tokenDigest: digest };
    return (await proofs.verify(request, of)) ? null : "DPOP_INVALID";
  }

  return {
    async verify(request) {
      const credentials = readCredentials(request, profile.dpop);
      if (typeof credentials === "string") return refuse(credentials);
      const digest = hash("sha256", credentials.token, "base64url");
      const token = (await recall(digest)) ?? (await prove(credentials.token));
      if (typeof token === "string") return refuse(token);
      const reason = await objection(token, credentials, { request, digest });
      if (reason) return refuse(reason);
      known.set(digest, token);
      return token.verified;
    },
    async ready() {
      const { kind } = await keys.ready();
      if (kind === "unavailable")
        throw new Error("There are no keys to verify tokens with.");
    },
    close: () => keys.close(),
  };
}
