import { compactVerify } from "jose";
import { type ClaimRules, type SoundClaims, readClaims } from "./claims.ts";
import { type JsonObject, parseSegment } from "./json-segment.ts";
import type { KeySource, VerificationKey } from "./keys.ts";
import type { RefusalReason } from "./refusal.ts";

/** What distinguishes one issuer's tokens from another's; all else is the same. */
export type TokenProfile = ClaimRules & {
  /** Headers `typ` without `application/`, in small letters; null where it may be missing. */
  readonly types: ReadonlySet<string | null>;
  readonly algorithms: readonly Algorithm[];
};

/** Signatures by a private key: a shared secret could be told to anybody. */
export const algorithms = [
  ...(["ES256", "ES384", "ES512", "EdDSA", "Ed25519"] as const),
  ...(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const),
] as const;
export type Algorithm = (typeof algorithms)[number];

/** An issuer, what its tokens are like, and its keys: only these prove them. */
export type TrustedIssuer = {
  readonly profile: TokenProfile;
  readonly keys: KeySource;
};

export type Proved<Issuer extends TrustedIssuer> = SoundClaims & {
  readonly issuer: Issuer;
  readonly header: KeyHeader;
  readonly key: VerificationKey;
};

/** What a token's header says of its key. */
export type KeyHeader = { readonly kid: string; readonly alg: Algorithm };

/** Whatever points to a key outside the issuer's set, or changes how the rest is read. */
const forbiddenParameters = [
  ...["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "cty"],
  ...["enc", "epk", "p2c", "p2s"],
];
const kidSyntax = /^[\w-]{1,128}$/;

/**
 * Proves a token: header, then key and signature, then claims (RFC 8725, RFC 9068
 * section 4). The first rule broken names the reason.
 * @param issuerOf Whose token it is to be, by its claim `iss`, which may be anything.
 * @param now Epoch seconds.
 */
export async function proveToken<Issuer extends TrustedIssuer>(
  token: string,
  issuerOf: (iss: unknown) => Issuer,
  now: number,
): Promise<Proved<Issuer> | RefusalReason> {
  const parsed = parse(token);
  if (parsed === null) return "TOKEN_MALFORMED";
  const issuer = issuerOf(parsed.payload["iss"]);
  const { profile, keys } = issuer;
  const header = readHeader(parsed.header, profile);
  if (typeof header === "string") return header;
  const key = await keys.get(header.kid, header.alg);
  if (key === "unavailable") return "KEYS_UNAVAILABLE";
  if (key === "unknown") return "KEY_UNKNOWN";
  if (!(await isSignedBy(token, key, header))) return "SIGNATURE_INVALID";
  const read = readClaims(parsed.payload, profile, now);
  return typeof read === "string" ? read : { ...read, issuer, header, key };
}

function parse(
  token: string,
): { readonly header: JsonObject; readonly payload: JsonObject } | null {
  const segments = token.split(".");
  if (segments.length !== 3) return null;
  const [header, payload] = segments.slice(0, 2).map(parseSegment);
  return header && payload ? { header, payload } : null;
}

function readHeader(
  header: JsonObject,
  { algorithms, types }: TokenProfile,
): KeyHeader | RefusalReason {
  if (forbiddenParameters.some((name) => Object.hasOwn(header, name)))
    return "HEADER_NOT_ALLOWED";
  const { kid, typ = null } = header as Record<"kid" | "typ", unknown>;
  const alg = algorithms.find((one) => one === header["alg"]);
  if (alg === undefined) return "ALG_NOT_ALLOWED";
  if (typeof kid !== "string" || !kidSyntax.test(kid)) return "KID_INVALID";
  const type = typeof typ === "string" ? mediaType(typ) : typ;
  return types.has(type as string | null) ? { kid, alg } : "WRONG_TOKEN_KIND";
}

/** Media types know no case, and `application/` may be left out (RFC 7515 section 4.1.9). */
function mediaType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, "");
}

async function isSignedBy(
  token: string,
  key: VerificationKey,
  { alg }: KeyHeader,
): Promise<boolean> {
  return compactVerify(token, key, { algorithms: [alg] }).then(
    () => true,
    () => false,
  );
}
