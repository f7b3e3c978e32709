import { compactVerify } from "jose";
import { type ClaimRules, type SoundClaims, readClaims } from "./claims.ts";
import { type JsonObject, parseSegment } from "./json-segment.ts";
import type { KeySource, VerificationKey } from "./keys.ts";
import type { RefusalReason } from "./refusal.ts";

/** What distinguishes one kind of token from the other; all else is the same. */
export type TokenProfile = ClaimRules & {
  /** Header `typ` without `application/`, in small letters. */
  readonly type: string;
  readonly algorithm: "ES256" | "EdDSA";
};

export type Proved = SoundClaims & {
  readonly kid: string;
  readonly key: VerificationKey;
};

/** Whatever points to a key outside the issuer's set, or changes how the rest is read. */
const forbiddenParameters = [
  ...["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "cty"],
  ...["enc", "epk", "p2c", "p2s"],
];
const kidSyntax = /^[\w-]{1,128}$/;

/**
 * Proves a token: header, then key and signature, then claims (RFC 8725, RFC 9068
 * section 4). The first rule broken names the reason.
 * @param now Epoch seconds.
 */
export async function proveToken(
  token: string,
  profile: TokenProfile,
  { keys, now }: { readonly keys: KeySource; readonly now: number },
): Promise<Proved | RefusalReason> {
  const parsed = parse(token);
  if (parsed === null) return "TOKEN_MALFORMED";
  const kid = readHeader(parsed.header, profile);
  if (typeof kid !== "string") return kid.refused;
  const key = await keys.get(kid, profile.algorithm);
  if (key === "unavailable") return "KEYS_UNAVAILABLE";
  if (key === "unknown") return "KEY_UNKNOWN";
  if (!(await isSignedBy(token, key, profile))) return "SIGNATURE_INVALID";
  const read = readClaims(parsed.payload, profile, now);
  return typeof read === "string" ? read : { ...read, kid, key };
}

function parse(
  token: string,
): { readonly header: JsonObject; readonly payload: JsonObject } | null {
  const segments = token.split(".");
  if (segments.length !== 3) return null;
  const [header, payload] = segments.slice(0, 2).map(parseSegment);
  return header && payload ? { header, payload } : null;
}

/** The key's id, or what is wrong with the header. */
function readHeader(
  header: JsonObject,
  profile: TokenProfile,
): string | { readonly refused: RefusalReason } {
  if (forbiddenParameters.some((name) => Object.hasOwn(header, name)))
    return { refused: "HEADER_NOT_ALLOWED" };
  const { alg, kid, typ } = header as Record<"alg" | "kid" | "typ", unknown>;
  if (alg !== profile.algorithm) return { refused: "ALG_NOT_ALLOWED" };
  if (typeof kid !== "string" || !kidSyntax.test(kid))
    return { refused: "KID_INVALID" };
  if (typeof typ !== "string" || mediaType(typ) !== profile.type)
    return { refused: "WRONG_TOKEN_KIND" };
  return kid;
}

/** Media types know no case, and `application/` may be left out (RFC 7515 section 4.1.9). */
function mediaType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, "");
}

async function isSignedBy(
  token: string,
  key: VerificationKey,
  { algorithm }: TokenProfile,
): Promise<boolean> {
  return compactVerify(token, key, { algorithms: [algorithm] }).then(
    () => true,
    () => false,
  );
}
