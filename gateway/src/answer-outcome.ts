export const outcomes = [
  "ok",
  "partial",
  "refused",
  "invalid",
  "failed",
] as const;

/**
 * How an answer ended: `ok` without any error, `partial` with data beside errors, and
 * without data `refused` (the caller may not), `invalid` (the caller's mistake), or
 * `failed` (ours, or a subgraph's).
 */
export type Outcome = (typeof outcomes)[number];

/** An answer in GraphQL's own shape, also one that refuses before anything ran. */
export type Answer = {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
};

const refusing: ReadonlySet<unknown> = new Set([
  "FORBIDDEN",
  "UNAUTHENTICATED",
  "UNAUTHORIZED_FIELD_OR_TYPE",
]);

const faulting: ReadonlySet<unknown> = new Set([
  "BAD_REQUEST",
  "BAD_USER_INPUT",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "OPERATION_RESOLUTION_FAILURE",
  "OPERATION_TOO_LARGE",
  "DOCUMENT_NOT_TRUSTED",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "QUERY_TOO_COMPLEX",
  "REQUEST_TOO_LARGE",
]);

/** Where errors differ, the gravest decides. A code nobody knows is a failure. */
export function outcomeOf({ data, errors = [] }: Answer): Outcome {
  if (errors.length === 0) return "ok";
  if (data !== undefined && data !== null) return "partial";
  const codes = errors.map(({ extensions }) => extensions?.["code"]);
  const others = codes.filter((code) => !faulting.has(code));
  if (others.length === 0) return "invalid";
  return others.every((code) => refusing.has(code)) ? "refused" : "failed";
}
