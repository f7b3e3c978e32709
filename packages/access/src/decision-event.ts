/** How a gateway treats what a caller may not see. */
export type Mode = "filter" | "reject" | "dry-run";

/** What kept a caller out: its scopes, the row's place, or a policy. */
export type DenialReason = "scope" | "reach" | "policy";

/**
 * What one enforcer decided about one request: names of the schema and of the
 * caller, and never a value. No variable, argument, literal, row id or token.
 */
export type DecisionEvent = {
  /** RFC 3339. */
  readonly at: string;
  readonly requestId: string;
  readonly enforcer: "gateway" | `subgraph:${string}`;
  /** SHA-256 of the supergraph the rules were read from. */
  readonly policy: string;
  readonly mode: Mode;
  readonly subject: string | null;
  readonly clientId: string | null;
  readonly operationName: string | null;
  /** SHA-256 of the client's operation without its literals. */
  readonly operationHash: string;
  /** Coordinates that ask for anything and were open; sorted, each once. */
  readonly granted: readonly string[];
  readonly denied: readonly {
    readonly coordinate: string;
    readonly reason: DenialReason;
    readonly count: number;
  }[];
};
