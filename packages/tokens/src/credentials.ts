import type { RefusalReason } from "./refusal.ts";

/** What a verifier needs of a request, whatever the HTTP server. */
export type CredentialRequest = {
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  /**
   * `authorization` and `dpop` as in `IncomingMessage.headersDistinct`: `headers` would
   * hide a second field.
   */
  readonly headersDistinct: NodeJS.Dict<string[]>;
  readonly contentType?: string;
};

export type Credentials = {
  readonly scheme: "Bearer" | "DPoP";
  readonly token: string;
};

const maximumBytes = 4_096;
/** Scheme and `token68` (RFC 9110 section 11.4, RFC 6750 section 2.1). */
const oneToken = /^(?:(bearer)|dpop) +([\w.~+/-]+=*)$/i;
const otherScheme = /^(?:basic|digest|negotiate)(?: |$)/i;
const form =
  /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

/**
 * Takes the one token out of the `Authorization` header; every other place and
 * every second token is refused (RFC 6750 section 2).
 */
export function readCredentials(
  request: CredentialRequest,
  takesDpop: boolean,
): Credentials | RefusalReason {
  if (hasTokenInQuery(request.url)) return "TOKEN_IN_QUERY";
  if (form.test(request.contentType ?? "")) return "TOKEN_IN_BODY";
  const [field, second] = request.headersDistinct["authorization"] ?? [];
  if (second !== undefined) return "DUPLICATE_HEADER";
  if (field === undefined) return "NO_TOKEN";
  if (otherScheme.test(field)) return "UNSUPPORTED_SCHEME";
  const [, bearer, token] = oneToken.exec(field) ?? [];
  if (token === undefined) return "MALFORMED_HEADER";
  if (token.length > maximumBytes) return "TOKEN_TOO_LARGE";
  if (bearer !== undefined) return { scheme: "Bearer", token };
  return takesDpop ? { scheme: "DPoP", token } : "UNSUPPORTED_SCHEME";
}

function hasTokenInQuery(url: string): boolean {
  const start = url.indexOf("?");
  return (
    start >= 0 && new URLSearchParams(url.slice(start + 1)).has("access_token")
  );
}
