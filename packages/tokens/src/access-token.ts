import { type IssuerTerms, prefixOf, profileOf } from "./issuer-terms.ts";
import {
  type TokenVerifier,
  type VerifiedIssuer,
  createVerifier,
} from "./verifier.ts";

export type AccessTokenVerifier = TokenVerifier;

export type AccessTokenVerifierOptions = IssuerTerms & {
  /** Issuers trusted besides; of all there are, one may be without a name. */
  readonly furtherIssuers?: readonly IssuerTerms[];
  /** The resource's public URL, which DPoP proofs are made for. Default: the audience. */
  readonly publicUrl?: string;
  /** Address of the resource's metadata (RFC 9728), named in each challenge. */
  readonly resourceMetadata: string;
  /** Name of the protection space in challenges. Default `hr`. */
  readonly realm?: string;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** Also takes `http` issuers on other hosts. */
  readonly development?: boolean;
};

/**
 * Verifies the access tokens of people and machines: RFC 9068 or what an issuer's
 * terms say instead, as Bearer (RFC 6750) or with a DPoP proof (RFC 9449). Claim `iss`
 * says by whose terms and keys a token is proved; no other issuer's then count.
 * @throws TypeError for an issuer that is no `https` URL, a missing audience, terms that
 * are not fit, or two issuers of the same name.
 */
export function createAccessTokenVerifier(
  options: AccessTokenVerifierOptions,
): AccessTokenVerifier {
  const { furtherIssuers = [], development = false } = options;
  const all = [options, ...furtherIssuers];
  demandDifferent(all.map(({ issuer }) => issuer));
  const prefixes = all.map(prefixOf);
  demandDifferent(prefixes);
  const reserved = prefixes.filter((prefix) => prefix !== "");
  const trust = (terms: IssuerTerms): VerifiedIssuer => ({
    profile: profileOf(terms, reserved, development),
    keys: terms.keys,
    isRevoked: terms.isRevoked ?? (() => false),
  });
  return createVerifier({
    issuers: [trust(options), ...furtherIssuers.map(trust)],
    publicUrl: options.publicUrl ?? options.audience,
    realm: options.realm ?? "hr",
    resourceMetadata: options.resourceMetadata,
    clock: options.clock ?? Date.now,
  });
}

function demandDifferent(values: readonly string[]): void {
  if (new Set(values).size < values.length)
    throw new TypeError("Two issuers are the same or have the same name.");
}
