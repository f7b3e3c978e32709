import type { KeySource } from "./keys.ts";
import { parseScopeClaims } from "./scope-claims.ts";
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
  /**
   * Where the issuer states scopes, default `scope`: then one string of words (RFC 9068),
   * and a token that states permissions in `scp`, `scopes` or `permissions` is refused.
   *
   * For other issuers, one or more of a claim's name, a URL that is a claim's name, and
   * the path to a claim as JSON Pointer (RFC 6901), with single spaces between them.
   * Each may hold a string of words or a list of at most 1,000 words; absent means none,
   * and the scopes are all of them together. No other claim is read, `scope` included.
   *
   * @example "scp" // Okta; Entra for people
   * @example "scp roles" // Entra, machines as well; a role of a person then counts in every client
   * @example "/realm_access/roles" // Keycloak, roles of the realm
   * @example "/resource_access/hr-api/roles" // Keycloak, roles of one client; `/` in its id is `~1`
   */
  readonly scopeClaim?: string;
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
 * @throws TypeError for an issuer that is no `https` URL, a missing audience, or a
 * scope claim that is no name or path.
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
      scopeClaims: parseScopeClaims(options.scopeClaim ?? "scope"),
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
