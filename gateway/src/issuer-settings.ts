import type { IssuerTerms } from "@hr/tokens";

/** An issuer this gateway trusts. */
export type IssuerSettings = {
  readonly terms: Omit<IssuerTerms, "keys" | "isRevoked">;
  /** Address of its keys; undefined: its metadata says it. */
  readonly jwksUri: string | undefined;
  /** Where it tells what it revoked; null: nowhere. */
  readonly denylist: DenylistSettings | null;
};

export type DenylistSettings = {
  readonly url: string;
  readonly clientSecret: string | undefined;
};

export type IssuersConfig = {
  /** The first decides readiness, and signs people in to the explorer. */
  readonly issuers: readonly [IssuerSettings, ...IssuerSettings[]];
  /** Last good key set of the first issuer, for a start while it is down. */
  readonly jwksSnapshot: string;
  /** Likewise what the first issuer revoked. */
  readonly denylistSnapshot: string;
  /** How long a denylist counts without a good reading; undefined: for ever. */
  readonly denylistMaximumStaleMs: number | undefined;
};
