/**
 * The proved caller. Made once per process by `packages/tokens` from a verified
 * token and only read afterwards. `sub`, `client_id`, `scope` and `auth_time`
 * are those of RFC 9068; a machine is a token whose `sub` equals its `client_id`.
 */
export type Principal = {
  readonly kind: "anonymous" | "person" | "machine";
  readonly subject: string;
  readonly clientId: string;
  /** Claim `employee_id`; null for machines, anonymous callers and people without a record. */
  readonly employeeId: string | null;
  /** What decisions are made by. */
  readonly scopes: ReadonlySet<string>;
  /**
   * What the caller's own token holds, for display (`Viewer.grantedScopes`).
   * Equal to `scopes` except behind the gateway, which cuts `scopes` to the subgraph.
   */
  readonly grantedScopes: ReadonlySet<string>;
  /** When the caller's own token ends, epoch seconds, for display; `expiresAt` is the token's at hand. */
  readonly grantedUntil: number;
  /** Epoch seconds of the sign-in, people only. */
  readonly authTime: number | null;
  readonly acr: string | null;
  readonly grantId: string | null;
  readonly tokenId: string | null;
  /** Epoch seconds; 0 for anonymous callers. */
  readonly expiresAt: number;
  /**
   * The claims of the token at hand as its issuer wrote them, frozen to the bottom, for
   * a `PolicyEvaluator` to read what has no member here, such as a department. Nothing
   * but a policy decides by them, and they are never logged: they may be personal.
   */
  readonly claims: Readonly<Record<string, unknown>>;
};

export const anonymous: Principal = {
  kind: "anonymous",
  subject: "anonymous",
  clientId: "anonymous",
  employeeId: null,
  scopes: new Set(),
  grantedScopes: new Set(),
  grantedUntil: 0,
  authTime: null,
  acr: null,
  grantId: null,
  tokenId: null,
  expiresAt: 0,
  claims: Object.freeze({ __proto__: null }),
};
