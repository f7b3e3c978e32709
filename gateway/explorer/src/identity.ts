/** Who is signed in, for display: no decision reads it. */
export type Identity = {
  readonly name: string;
  readonly subject: string;
  readonly clientId: string;
  /** Sorted. */
  readonly scopes: readonly string[];
  /** When the access token ends, in seconds since 1970. */
  readonly expiresAt: number;
};

/**
 * Reads an RFC 9068 access token without proving it; that is the gateway's part.
 *
 * @param name from the ID token; the access token carries none
 * @throws SyntaxError if it is no JWT
 */
export function identityOf(accessToken: string, name?: string): Identity {
  const claims = claimsOf(accessToken);
  return {
    name: name ?? claims.sub,
    subject: claims.sub,
    clientId: claims.client_id,
    scopes: (claims.scope ?? "").split(" ").filter(Boolean).sort(),
    expiresAt: claims.exp,
  };
}

type Claims = {
  readonly sub: string;
  readonly client_id: string;
  readonly exp: number;
  readonly scope?: string;
};

function claimsOf(token: string): Claims {
  const payload = (token.split(".")[1] ?? "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (byte) => byte.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}
