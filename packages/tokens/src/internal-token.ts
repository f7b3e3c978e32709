import { standardIdentity } from "./identity.ts";
import type { KeySource } from "./keys.ts";
import { type TokenVerifier, createVerifier } from "./verifier.ts";

export type InternalTokenVerifier = TokenVerifier;

export type InternalTokenVerifierOptions = {
  /** The gateway's name, such as `urn:hr:gateway`. */
  readonly issuer: string;
  /** Name of the subgraph, such as `payroll`. */
  readonly subgraph: string;
  /** The gateway's keys. */
  readonly keys: KeySource;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
};

/** Header parameters of the tokens between gateway and subgraphs. */
export const internalToken = {
  type: "hr-internal+jwt",
  algorithm: "EdDSA",
  lifetime: 60,
} as const;

/**
 * Verifies what the gateway minted for this one subgraph, as Bearer. Nothing else
 * passes: no caller's token, no sibling's, none older than a minute.
 * @throws TypeError when issuer or subgraph is missing.
 */
export function createInternalTokenVerifier(
  options: InternalTokenVerifierOptions,
): InternalTokenVerifier {
  const { issuer, subgraph } = options;
  if (issuer === "" || subgraph === "")
    throw new TypeError("The issuer or the name of the subgraph is missing.");
  return createVerifier({
    issuers: [
      {
        profile: {
          issuer,
          audience: subgraphAudience(subgraph),
          otherAudiences: new Set(),
          demanded: [],
          types: new Set([internalToken.type]),
          typed: true,
          algorithms: [internalToken.algorithm],
          identity: standardIdentity,
          maximumLifetime: internalToken.lifetime,
          scopeClaims: null,
          dpop: false,
          internal: true,
        },
        keys: options.keys,
        isRevoked: () => false,
      },
    ],
    publicUrl: null,
    realm: "hr",
    resourceMetadata: null,
    clock: options.clock ?? Date.now,
  });
}

/** Claim `aud` of the tokens for one subgraph. */
export function subgraphAudience(name: string): string {
  return `urn:hr:subgraph:${name}`;
}
