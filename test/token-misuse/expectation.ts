import type { Answer } from "./wire.ts";
import type { World } from "./world.ts";

/**
 * The table of tokens.md section 5 in full: what is said for each reason, word for
 * word. Challenges are those of the gateway; a subgraph names no metadata and no DPoP.
 */
const refusals = {
  request: {
    status: 400,
    code: "BAD_REQUEST",
    error: "invalid_request",
    schemes: ["Bearer"],
    sentences: {
      TOKEN_IN_QUERY:
        "Send the token in the Authorization header, never in the address.",
      TOKEN_IN_BODY:
        "Send the token in the Authorization header and the operation as JSON, not as a form.",
      DUPLICATE_HEADER: "Send exactly one Authorization header.",
      MALFORMED_HEADER:
        "The Authorization header is malformed: send a scheme, a space and one token.",
      TOKEN_TOO_LARGE: "The token is larger than 4096 bytes.",
    },
  },
  absent: {
    status: 401,
    code: "UNAUTHENTICATED",
    error: null,
    schemes: ["Bearer", "DPoP"],
    sentences: {
      NO_TOKEN:
        "This needs an access token: send one in the Authorization header.",
      UNSUPPORTED_SCHEME:
        "This authentication scheme is not accepted here: send an access token.",
    },
  },
  token: {
    status: 401,
    code: "UNAUTHENTICATED",
    error: "invalid_token",
    schemes: ["Bearer"],
    sentences: {
      TOKEN_MALFORMED: "The token is not a signed JSON Web Token.",
      HEADER_NOT_ALLOWED:
        "The token's header has a parameter that is not allowed.",
      ALG_NOT_ALLOWED:
        "The token is signed with an algorithm that is not allowed.",
      KID_INVALID: "The token does not name its key properly.",
      KEY_UNKNOWN:
        "The token is signed with a key its issuer does not publish.",
      SIGNATURE_INVALID: "The token's signature is not valid.",
      WRONG_TOKEN_KIND: "This kind of token is not accepted here.",
      ISSUER_MISMATCH: "The token comes from another issuer.",
      AUDIENCE_MISMATCH: "The token is meant for another audience.",
      AUDIENCE_AMBIGUOUS: "The token is meant for more than one audience.",
      CLAIM_INVALID: "A claim of the token is missing or of the wrong type.",
      TOKEN_EXPIRED: "The token has expired: get a new one.",
      TOKEN_NOT_YET_VALID: "The token is not valid yet.",
      LIFETIME_TOO_LONG: "The token is valid for longer than is accepted here.",
      SCOPE_AMBIGUOUS:
        "The token states its permissions outside the scope claim.",
      SCOPE_INVALID:
        "The token's scopes are neither one string of words with single spaces nor, where that is accepted, a list of words.",
      CNF_UNSUPPORTED:
        "The token is bound in a way that cannot be checked here.",
      TOKEN_REVOKED: "The token has been revoked: sign in again.",
    },
  },
  binding: {
    status: 401,
    code: "UNAUTHENTICATED",
    error: "invalid_token",
    schemes: ["DPoP"],
    sentences: {
      DPOP_REQUIRED:
        "The token is bound to a key: send it with the DPoP scheme and a proof.",
      DPOP_NOT_BOUND:
        "The token is not bound to a key: send it with the Bearer scheme.",
    },
  },
  proof: {
    status: 401,
    code: "UNAUTHENTICATED",
    error: "invalid_dpop_proof",
    schemes: ["DPoP"],
    sentences: {
      DPOP_INVALID: "The DPoP proof is missing, not valid or already used.",
    },
  },
  keys: {
    status: 503,
    code: "SERVICE_UNAVAILABLE",
    error: null,
    schemes: [],
    sentences: {
      KEYS_UNAVAILABLE:
        "Tokens cannot be verified right now. Try again shortly.",
    },
  },
} as const;

type Refusals = typeof refusals;
export type Reason = {
  [Kind in keyof Refusals]: keyof Refusals[Kind]["sentences"];
}[keyof Refusals];

/** The whole answer to a refused credential, but for the request's id and date. */
export function refusal(reason: Reason, { door }: Pick<World, "door">): Answer {
  const [kind, message] = kindOf(reason);
  const { status, code, error } = kind;
  const schemes: readonly string[] = kind.schemes;
  const begin =
    door === "gateway"
      ? 'realm="hr", resource_metadata="https://graph.example/.well-known/oauth-protected-resource/graphql"'
      : 'realm="hr"';
  const fault =
    error === null ? "" : `, error="${error}", error_description="${message}"`;
  return {
    status,
    challenges: schemes
      .filter((scheme) => door === "gateway" || scheme === "Bearer")
      .map(
        (scheme) =>
          `${scheme} ${begin}${fault}${scheme === "DPoP" ? ', algs="ES256"' : ""}`,
      ),
    retryAfter: status === 503 ? "5" : undefined,
    contentType: "application/graphql-response+json; charset=utf-8",
    cacheControl: "no-store",
    body: { errors: [{ message, extensions: { code, reason } }] },
  };
}

function kindOf(reason: Reason): readonly [Refusals[keyof Refusals], string] {
  for (const kind of Object.values(refusals)) {
    const sentences: Readonly<Record<string, string>> = kind.sentences;
    const sentence = sentences[reason];
    if (sentence !== undefined) return [kind, sentence];
  }
  throw new Error(`No refusal is for the reason ${reason}`);
}
