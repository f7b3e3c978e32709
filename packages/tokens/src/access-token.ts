import type { KeySource } from "./keys.ts";
import { secureUrl } from "./secure-url.ts";
import {
  type Revocation,
  type TokenVerifier,
  createVerifier,
} from "./verifier.ts";

export type AccessTokenVerifier = TokenVerifier;

export type AccessTokenVerifierOptions = {
  /** Claim `iss`, compared exactly. */
  readonly issuer: string;
  /** Claim `aud`, compared exactly; also the public URL that DPoP proofs are made for. */
  readonly audience: string;
  readonly keys: KeySource;
  /** Address of the resource's metadata (RFC 9728), named in each challenge. */
  readonly resourceMetadata: string;
  /** Name of the protection space in challenges. Default `hr`. */
  readonly realm?: string;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** Asked at every request, also about tokens verified before. */
  readonly isRevoked?: Revocation;
  /** Also takes an `http` issuer on another host. */
  readonly development?: boolean;
};

/**
 * Verifies the access tokens of people and machines: RFC 9068, signed with ES256,
 * valid for an hour at most, as Bearer (RFC 6750) or with a DPoP proof (RFC 9449).
 * @throws TypeError for an issuer that is no `https` URL, or a missing audience.
 */
export function createAccessTokenVerifier(
  options: AccessTokenVerifierOptions,
): AccessTokenVerifier {
  const { issuer, audience, development = false } = options;
  secureUrl(issuer, development);
  if (audience === "") throw new TypeError("The audience is missing.");
  return createVerifier({
    profile: {
      issuer,
      audience,
      type: "at+jwt",
      algorithm: "ES256",
      maximumLifetime: 3_600,
      dpop: true,
      internal: false,
    },
    keys: options.keys,
    realm: options.realm ?? "hr",
    resourceMetadata: options.resourceMetadata,
    clock: options.clock ?? Date.now,
    isRevoked: options.isRevoked ?? (() => false),
  });
}
