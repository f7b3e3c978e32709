import { type GraphQLSchema, execute, getOperationAST } from "graphql";
import type { DocumentStore } from "./document-store.ts";
import { type FormatError, formatLikeApollo } from "./errors.ts";
import type { AnswerPrepared } from "./graphql-http.ts";
import type { GuardedContext } from "./guard-state.ts";
import type { RecordDecision } from "./record-decisions.ts";

export type PreparedAnswersParts = {
  readonly schema: GraphQLSchema;
  readonly documents: Pick<DocumentStore, "find">;
  readonly formatError: FormatError;
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
): AnswerPrepared<GuardedContext> {
  const { schema, documents, formatError, record } = parts;
  return async (body, context) => {
    const asked = askedBy(body);
    const document = asked && documents.find(asked.query);
    const operation =
      document && getOperationAST(document, asked.operationName);
    if (!operation) return undefined;
    const contextValue = await context().catch(() => undefined);
    if (!contextValue) return undefined;
    const { data, errors } = await execute({
      ...{ schema, document, contextValue },
      variableValues: asked.variables,
      operationName: asked.operationName,
    });
    if (data === undefined) return undefined;
    const told = record({
      ...{ context: contextValue, document, operation },
      errors: errors?.map((error) => formatLikeApollo(error, formatError)),
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
