import {
  type Holder,
  type Requirement,
  multiply,
  reportScopes,
} from "@hr/access";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "./log.ts";

/** An argument the caller can mend. Its message is shown. */
export class BadInput extends Error {
  override readonly name = "BadInput";
  readonly code = "BAD_USER_INPUT";
  readonly expose = true;
  readonly argument: string;
  constructor(argument: string, fault: string) {
    super(`\`${argument}\` ${fault}`);
    this.argument = argument;
  }
}

/** Scopes suffice, the row is out of reach or does not exist: the two are not told apart. */
export class Forbidden extends GraphQLError {
  constructor(coordinate: string) {
    super(`${coordinate} is out of the caller's reach for this record`, {
      extensions: { code: "FORBIDDEN", coordinate, occurrences: 1 },
    });
  }
}

/** The caller's scopes, or a policy, keep it from a coordinate; says what would open it. */
export class Unauthorized extends GraphQLError {
  constructor(coordinate: string, requirement: Requirement, holder: Holder) {
    const { alternatives } = reportScopes(requirement.scopes);
    const { missing } = reportScopes(requirement.scopes, holder);
    super(`${coordinate} needs ${cure(requirement, missing)}`, {
      extensions: {
        code: "UNAUTHORIZED_FIELD_OR_TYPE",
        coordinate,
        requiredScopes: alternatives,
        missingScopes: missing,
        ...(requirement.policies.length > 0 && {
          requiredPolicies: multiply(requirement.policies).alternatives,
        }),
        occurrences: 1,
      },
    });
  }
}

/**
 * Every code an answer of ours can carry: docs/errors.md says what each means.
 * An error with any other code is unexpected, and masked.
 */
export const errorCodes = [
  "BAD_REQUEST",
  "BAD_USER_INPUT",
  "DOCUMENT_NOT_TRUSTED",
  "FORBIDDEN",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "INCOMPLETE_ANSWER",
  "INTERNAL_SERVER_ERROR",
  "OPERATION_RESOLUTION_FAILURE",
  "OPERATION_TOO_LARGE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "QUERY_TOO_COMPLEX",
  "REQUEST_TOO_LARGE",
  "SERVICE_UNAVAILABLE",
  "SUBGRAPH_UNAVAILABLE",
  "UNAUTHENTICATED",
  "UNAUTHORIZED_FIELD_OR_TYPE",
] as const;

const masked = "INTERNAL_SERVER_ERROR";
const shown: ReadonlySet<string> = new Set(
  errorCodes.filter((code) => code !== masked),
);

/** The last word on an error before it leaves, as Apollo Server calls it. */
export type FormatError = (
  formatted: GraphQLFormattedError,
  error: unknown,
) => GraphQLFormattedError;

/** Formats an error as Apollo Server does before and by calling its formatter. */
export function formatLikeApollo(
  error: GraphQLError,
  formatError: FormatError,
): GraphQLFormattedError {
  const { http: _http, ...extensions } = error.extensions;
  const code = extensions["code"] ?? masked;
  const formatted = { ...error.toJSON(), extensions: { ...extensions, code } };
  return formatError(formatted, error);
}

/** Masks what was not meant for the caller and logs it once, with the request's id. */
export function createErrorFormatter(logger: Logger): FormatError {
  return (formatted, error) => {
    const original = originalOf(error);
    if (isExposed(original))
      return withCode(formatted, original.message, original.code);
    const code = formatted.extensions?.["code"];
    if (typeof code === "string" && shown.has(code))
      return withCode(formatted, formatted.message, code);
    logger.error({ err: original, path: formatted.path }, "unexpected error");
    return withCode(
      { ...formatted, extensions: {} },
      "Something went wrong here. It has been logged.",
      masked,
    );
  };
}

/**
 * Joins errors that say the same about the same coordinate on other rows:
 * one error with `occurrences`, at the path of the first.
 */
export function aggregateErrors(
  errors: readonly GraphQLFormattedError[],
): GraphQLFormattedError[] {
  const joined = new Map<string, GraphQLFormattedError>();
  const others: GraphQLFormattedError[] = [];
  for (const error of errors) {
    const occurrences = error.extensions?.["occurrences"];
    if (typeof occurrences !== "number") {
      others.push(error);
      continue;
    }
    const identity = JSON.stringify([
      error.extensions?.["coordinate"],
      error.extensions?.["code"],
      error.path?.filter((key) => typeof key === "string"),
    ]);
    const first = joined.get(identity);
    const before = first?.extensions?.["occurrences"];
    const total = occurrences + (typeof before === "number" ? before : 0);
    const kept = first ?? error;
    joined.set(identity, {
      ...kept,
      extensions: { ...kept.extensions, occurrences: total },
    });
  }
  return [...joined.values(), ...others];
}

function cure({ policies }: Requirement, missing: readonly string[]): string {
  if (missing.length > 0) return missing.join(" and ");
  if (policies.length === 0) return "a signed-in caller";
  const [first = []] = multiply(policies).alternatives;
  return `the policy ${first.join(" and ")}`;
}

function withCode(
  formatted: GraphQLFormattedError,
  message: string,
  code: string,
): GraphQLFormattedError {
  const { stacktrace: _stacktrace, ...rest } = formatted.extensions ?? {};
  return { ...formatted, message, extensions: { ...rest, code } };
}

function originalOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError
    ? error.originalError
    : error;
}

function isExposed(
  error: unknown,
): error is Error & { code: string; expose: true } {
  return (
    error instanceof Error &&
    "expose" in error &&
    error.expose === true &&
    "code" in error &&
    error.code === "BAD_USER_INPUT"
  );
}
