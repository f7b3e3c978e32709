import {
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  execute,
  getOperationAST,
} from "graphql";
import type { DocumentStore } from "./document-store.ts";
import type { Arrival, PreparedAnswer } from "./graphql-http.ts";
import type { GuardedContext } from "./guard-state.ts";
import type { RecordDecision } from "./record-decisions.ts";

export type PreparedAnswersParts = {
  readonly schema: GraphQLSchema;
  readonly documents: Pick<DocumentStore, "find">;
  readonly contextOf: (arrival: Arrival) => Promise<GuardedContext>;
  readonly formatError: (
    formatted: GraphQLFormattedError,
    error: unknown,
  ) => GraphQLFormattedError;
  readonly record: RecordDecision;
};

/**
 * Answers documents seen before: gateways send the same few again and again. It runs
 * what Apollo Server would run and answers the same bytes, without hashing the text
 * and going the rounds of its plugins. What never ran is left to Apollo Server, which
 * says what is wrong with it.
 */
export function createPreparedAnswers(
  parts: PreparedAnswersParts,
): (body: unknown, arrival: Arrival) => Promise<PreparedAnswer | undefined> {
  const { schema, documents, contextOf, formatError, record } = parts;
  return async (body, arrival) => {
    const asked = askedBy(body);
    const document = asked && documents.find(asked.query);
    const operation =
      document && getOperationAST(document, asked.operationName);
    if (!operation) return undefined;
    const contextValue = await contextOf(arrival).catch(() => undefined);
    if (!contextValue) return undefined;
    const { data, errors } = await execute({
      ...{ schema, document, contextValue },
      variableValues: asked.variables,
      operationName: asked.operationName,
    });
    if (data === undefined) return undefined;
    const told = record({
      ...{ context: contextValue, document, operation },
      errors: errors?.map((error) => formatError(enriched(error), error)),
    });
    const text = `${JSON.stringify({ errors: told, data })}\n`;
    return { status: 200, text };
  };
}

type Asked = {
  readonly query: string;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
};

/** Nothing where a body is not of the plainest kind. */
function askedBy(body: unknown): Asked | undefined {
  if (!isRecord(body)) return undefined;
  const { query, operationName, variables, extensions } = body;
  const isPlain =
    typeof query === "string" &&
    (isAbsent(operationName) || typeof operationName === "string") &&
    (isAbsent(variables) || isRecord(variables)) &&
    isAbsent(extensions);
  return isPlain ? { query, operationName, variables } : undefined;
}

/** What Apollo Server hands to the formatter. */
function enriched(error: GraphQLError): GraphQLFormattedError {
  const { http: _http, ...extensions } = error.extensions;
  const code = extensions["code"] ?? "INTERNAL_SERVER_ERROR";
  return { ...error.toJSON(), extensions: { ...extensions, code } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
