import { hash } from "node:crypto";
import {
  type CryptoKey,
  type JWK,
  calculateJwkThumbprint,
  compactVerify,
  importJWK,
} from "jose";
import { LRUCache } from "lru-cache";
import type { CredentialRequest } from "./credentials.ts";
import { isJsonObject, type JsonObject, parseSegment } from "./json-segment.ts";

/** What a proof must be a proof of. */
export type ProofOf = {
  /** Claim `cnf.jkt` of the access token. */
  readonly thumbprint: string;
  /** SHA-256 of the access token in base64url. */
  readonly tokenDigest: string;
};

export type ProofVerifier = {
  /** Whether the request carries one good proof that was not seen before. */
  verify(request: CredentialRequest, of: ProofOf): Promise<boolean>;
};

const maximumBytes = 4_096;
const freshSeconds = 60;
const maximumSeen = 200_000;
const algorithm = "ES256";

/**
 * Checks DPoP proofs (RFC 9449 section 4.3) against the public URL of the resource,
 * whatever host the request arrived at. Remembers each proof for as long as it is
 * fresh, up to 200,000; another process does not know them.
 */
export function createProofVerifier(
  publicUrl: string,
  clock: () => number,
): ProofVerifier {
  const htu = withoutQuery(publicUrl);
  const imported = new LRUCache<string, CryptoKey>({ max: 20_000 });
  const isFirstUse = createMemory(clock);

  async function keyOf(header: JsonObject, thumbprint: string) {
    const { jwk } = header;
    if (!isPublicKey(jwk)) return null;
    if ((await calculateJwkThumbprint(jwk)) !== thumbprint) return null;
    const known = imported.get(thumbprint);
    if (known) return known;
    const key = (await importJWK(jwk, algorithm)) as CryptoKey;
    imported.set(thumbprint, key);
    return key;
  }

  async function check(proof: string, method: string, of: ProofOf) {
    const [header, payload] = proof.split(".", 2).map(parseSegment);
    if (!header || !payload) return false;
    if (header["typ"] !== "dpop+jwt") return false;
    const key = await keyOf(header, of.thumbprint);
    if (key === null) return false;
    await compactVerify(proof, key, { algorithms: [algorithm] });
    const { htm, iat, jti, ath } = payload;
    return (
      htm === method &&
      htu !== null &&
      withoutQuery(payload["htu"]) === htu &&
      typeof iat === "number" &&
      Math.abs(clock() / 1_000 - iat) <= freshSeconds &&
      ath === of.tokenDigest &&
      typeof jti === "string" &&
      jti !== "" &&
      isFirstUse(hash("sha256", `${of.thumbprint} ${jti}`, "base64url"))
    );
  }

  return {
    async verify({ method, headersDistinct }, of) {
      const [proof, second] = headersDistinct["dpop"] ?? [];
      if (proof === undefined || second !== undefined) return false;
      if (proof.length > maximumBytes) return false;
      return check(proof, method, of).catch(() => false);
    },
  };
}

/** Says whether an id is new, and remembers it while a proof that has it can be fresh. */
function createMemory(clock: () => number): (id: string) => boolean {
  // Oldest first, for all are kept equally long.
  const seen = new Map<string, number>();
  return (id) => {
    const now = clock();
    for (const [oldest, until] of seen) {
      if (until >= now && seen.size < maximumSeen) break;
      seen.delete(oldest);
    }
    if (seen.has(id)) return false;
    seen.set(id, now + 2 * freshSeconds * 1_000);
    return true;
  };
}

function isPublicKey(jwk: unknown): jwk is JWK {
  return isJsonObject(jwk) && !Object.hasOwn(jwk, "d");
}

/** Query and fragment do not count (RFC 9449 section 4.3). */
function withoutQuery(url: unknown): string | null {
  const parsed = typeof url === "string" ? URL.parse(url) : null;
  return parsed && `${parsed.origin}${parsed.pathname}`;
}
