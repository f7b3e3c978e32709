export { createAccessTokenVerifier } from "./access-token.ts";
export type {
  AccessTokenVerifier,
  AccessTokenVerifierOptions,
} from "./access-token.ts";
export { challenge } from "./challenge.ts";
export type { ChallengeScheme } from "./challenge.ts";
export type { CredentialRequest } from "./credentials.ts";
export { openInternalKeys, rotateInternalKeys } from "./internal-keys.ts";
export type { InternalKeys } from "./internal-keys.ts";
export {
  createInternalTokenVerifier,
  subgraphAudience,
} from "./internal-token.ts";
export type {
  InternalTokenVerifier,
  InternalTokenVerifierOptions,
} from "./internal-token.ts";
export { localKeys } from "./keys.ts";
export type { KeySource, KeyState, VerificationKey } from "./keys.ts";
export { createInternalMint } from "./mint.ts";
export type { InternalMint, InternalTokenShape } from "./mint.ts";
export type { RefusalReason, TokenRefusal } from "./refusal.ts";
export { remoteKeys } from "./remote-keys.ts";
export type { KeyAlarm, RemoteKeysOptions } from "./remote-keys.ts";
export type { Revocation, TokenVerifier, Verified } from "./verifier.ts";
