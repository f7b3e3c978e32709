export { createAccessTokenVerifier } from "./access-token.ts";
export { clockSkew } from "./claims.ts";
export type {
  AccessTokenVerifier,
  AccessTokenVerifierOptions,
} from "./access-token.ts";
export { challenge } from "./challenge.ts";
export type { ChallengeScheme } from "./challenge.ts";
export { parseClaimPath } from "./claim-path.ts";
export type { CredentialRequest } from "./credentials.ts";
export { remoteDenylist } from "./denylist.ts";
export type {
  Denylist,
  DenylistAlarm,
  RemoteDenylistOptions,
} from "./denylist.ts";
export { followInternalKeys } from "./follow-internal-keys.ts";
export type { LiveInternalKeys } from "./follow-internal-keys.ts";
export {
  dropInternalKey,
  listInternalKeys,
  openInternalKeys,
  rotateInternalKeys,
} from "./internal-keys.ts";
export type { InternalKeys } from "./internal-keys.ts";
export {
  createInternalTokenVerifier,
  subgraphAudience,
} from "./internal-token.ts";
export type {
  InternalTokenVerifier,
  InternalTokenVerifierOptions,
} from "./internal-token.ts";
export type { IssuerTerms } from "./issuer-terms.ts";
export {
  KeyOrderError,
  dropKey,
  isRotationDue,
  publishMs,
  retireMs,
  rotateKeys,
  unexpiredKeys,
} from "./key-order.ts";
export type { KeyChange, KeyStage, StagedKey } from "./key-order.ts";
export { localKeys } from "./keys.ts";
export type { KeySource, KeyState, VerificationKey } from "./keys.ts";
export { createInternalMint } from "./mint.ts";
export type { InternalMint, InternalTokenShape } from "./mint.ts";
export type { RefusalReason, TokenRefusal } from "./refusal.ts";
export { remoteKeys } from "./remote-keys.ts";
export type { KeyAlarm, RemoteKeysOptions } from "./remote-keys.ts";
export type {
  Revocation,
  TokenNames,
  TokenVerifier,
  Verified,
} from "./verifier.ts";
export { algorithms } from "./verify.ts";
