import { type ChallengeScheme, challenge } from "./challenge.ts";

/** Why a request is not let in: a closed list. */
export type RefusalReason = keyof typeof reasons;

/**
 * A refused credential. Nothing in it repeats any part of what the caller sent.
 */
export type TokenRefusal = {
  readonly kind: "refused";
  readonly status: 400 | 401 | 503;
  readonly reason: RefusalReason;
  readonly code: "BAD_REQUEST" | "UNAUTHENTICATED" | "SERVICE_UNAVAILABLE";
  /** A fixed sentence. */
  readonly message: string;
  /** Values of `WWW-Authenticate`, one header line each. */
  readonly challenges: readonly string[];
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number;
};

/** In whose name challenges are spoken. */
export type ChallengeVoice = {
  readonly realm: string;
  /** Address of the protected resource's metadata (RFC 9728). */
  readonly resourceMetadata: string | null;
  readonly dpop: boolean;
};

type Kind = keyof typeof kinds;

const kinds = {
  request: { status: 400, code: "BAD_REQUEST", error: "invalid_request" },
  absent: { status: 401, code: "UNAUTHENTICATED", error: null },
  token: { status: 401, code: "UNAUTHENTICATED", error: "invalid_token" },
  binding: { status: 401, code: "UNAUTHENTICATED", error: "invalid_token" },
  proof: { status: 401, code: "UNAUTHENTICATED", error: "invalid_dpop_proof" },
  keys: { status: 503, code: "SERVICE_UNAVAILABLE", error: null },
} as const;

const reasons = {
  TOKEN_IN_QUERY: [
    "request",
    "Send the token in the Authorization header, never in the address.",
  ],
  TOKEN_IN_BODY: [
    "request",
    "Send the token in the Authorization header and the operation as JSON, not as a form.",
  ],
  DUPLICATE_HEADER: ["request", "Send exactly one Authorization header."],
  MALFORMED_HEADER: [
    "request",
    "The Authorization header is malformed: send a scheme, a space and one token.",
  ],
  TOKEN_TOO_LARGE: ["request", "The token is larger than 4096 bytes."],
  NO_TOKEN: [
    "absent",
    "This needs an access token: send one in the Authorization header.",
  ],
  UNSUPPORTED_SCHEME: [
    "absent",
    "This authentication scheme is not accepted here: send an access token.",
  ],
  TOKEN_MALFORMED: ["token", "The token is not a signed JSON Web Token."],
  HEADER_NOT_ALLOWED: [
    "token",
    "The token's header has a parameter that is not allowed.",
  ],
  ALG_NOT_ALLOWED: [
    "token",
    "The token is signed with an algorithm that is not allowed.",
  ],
  KID_INVALID: ["token", "The token does not name its key properly."],
  KEY_UNKNOWN: [
    "token",
    "The token is signed with a key its issuer does not publish.",
  ],
  SIGNATURE_INVALID: ["token", "The token's signature is not valid."],
  WRONG_TOKEN_KIND: ["token", "This kind of token is not accepted here."],
  ISSUER_MISMATCH: ["token", "The token comes from another issuer."],
  AUDIENCE_MISMATCH: ["token", "The token is meant for another audience."],
  AUDIENCE_AMBIGUOUS: [
    "token",
    "The token is meant for more than one audience.",
  ],
  CLAIM_INVALID: [
    "token",
    "A claim of the token is missing or of the wrong type.",
  ],
  TOKEN_EXPIRED: ["token", "The token has expired: get a new one."],
  TOKEN_NOT_YET_VALID: ["token", "The token is not valid yet."],
  LIFETIME_TOO_LONG: [
    "token",
    "The token is valid for longer than is accepted here.",
  ],
  SCOPE_AMBIGUOUS: [
    "token",
    "The token states its permissions outside the scope claim.",
  ],
  SCOPE_INVALID: [
    "token",
    "The token's scopes are neither one string of words with single spaces nor, where that is accepted, a list of words.",
  ],
  CNF_UNSUPPORTED: [
    "token",
    "The token is bound in a way that cannot be checked here.",
  ],
  TOKEN_REVOKED: ["token", "The token has been revoked: sign in again."],
  DPOP_REQUIRED: [
    "binding",
    "The token is bound to a key: send it with the DPoP scheme and a proof.",
  ],
  DPOP_NOT_BOUND: [
    "binding",
    "The token is not bound to a key: send it with the Bearer scheme.",
  ],
  DPOP_INVALID: [
    "proof",
    "The DPoP proof is missing, not valid or already used.",
  ],
  KEYS_UNAVAILABLE: [
    "keys",
    "Tokens cannot be verified right now. Try again shortly.",
  ],
  DENYLIST_UNAVAILABLE: [
    "keys",
    "Whether tokens have been revoked cannot be told right now. Try again shortly.",
  ],
} as const satisfies Readonly<Record<string, readonly [Kind, string]>>;

/** Says each reason as HTTP does, with the challenges of RFC 6750 and RFC 9449. */
export function createRefuse(
  voice: ChallengeVoice,
): (reason: RefusalReason) => TokenRefusal {
  return (reason) => {
    const [kind, message] = reasons[reason];
    const { status, code } = kinds[kind];
    return {
      kind: "refused",
      status,
      reason,
      code,
      message,
      challenges: challengesOf(kind, message, voice),
      ...(kind === "keys" && { retryAfter: 5 }),
    };
  };
}

function challengesOf(
  kind: Kind,
  description: string,
  voice: ChallengeVoice,
): readonly string[] {
  const { error } = kinds[kind];
  const fault = error ? { error, error_description: description } : {};
  return schemesOf(kind, voice).map((scheme) =>
    challenge(scheme, {
      realm: voice.realm,
      ...(voice.resourceMetadata !== null && {
        resource_metadata: voice.resourceMetadata,
      }),
      ...fault,
      ...(scheme === "DPoP" && { algs: "ES256" }),
    }),
  );
}

function schemesOf(
  kind: Kind,
  { dpop }: ChallengeVoice,
): readonly ChallengeScheme[] {
  if (kind === "keys") return [];
  if (kind === "absent") return dpop ? ["Bearer", "DPoP"] : ["Bearer"];
  return kind === "binding" || kind === "proof" ? ["DPoP"] : ["Bearer"];
}
