import { HeaderMap } from "@apollo/server";
import type { GatewayGraphQLRequestContext } from "@apollo/server-gateway-interface";
import {
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import type { TooLarge } from "./authorize.ts";
import type { Enforcement } from "./enforcement.ts";

/** An operation nobody named, or of a kind that is not served. */
export function unservable(
  request: Omit<GatewayGraphQLRequestContext, "operation"> & {
    readonly operation?: OperationDefinitionNode;
  },
  schema: GraphQLSchema,
): GraphQLError | undefined {
  const { operation } = request;
  if (!operation)
    return unresolved(
      request.request.operationName
        ? "operationName names no operation of this document."
        : "The document holds several operations: name one by operationName.",
    );
  if (
    operation.operation === OperationTypeNode.SUBSCRIPTION ||
    !schema.getRootType(operation.operation)
  )
    return unresolved(`This graph serves no ${operation.operation}.`);
  return undefined;
}

function unresolved(message: string): GraphQLError {
  const http = { status: 400 };
  return new GraphQLError(message, {
    extensions: { code: "OPERATION_RESOLUTION_FAILURE", http },
  });
}

/**
 * What is nested deeper would exhaust the stack of whoever walks it, here or behind.
 * Walks no deeper than one level beyond the limit.
 */
export function variablesTooDeep(
  variables: unknown,
  limit: number,
): GraphQLError | undefined {
  const measured = depthOf(variables, limit + 1);
  if (measured <= limit) return undefined;
  return new GraphQLError(
    `The variables are nested ${measured} deep or deeper; the limit is ${limit}.`,
    { extensions: { code: "OPERATION_TOO_LARGE", limit, measured } },
  );
}

function depthOf(value: unknown, most: number): number {
  if (most === 0 || typeof value !== "object" || value === null) return 0;
  const inner: readonly unknown[] = Object.values(value);
  return (
    1 +
    inner.reduce<number>(
      (deepest, one) => Math.max(deepest, depthOf(one, most - 1)),
      0,
    )
  );
}

export function tooLarge({ what, limit, measured }: TooLarge): GraphQLError {
  return new GraphQLError(
    `The operation's ${what} come to ${measured}; the limit is ${limit}.`,
    { extensions: { code: "OPERATION_TOO_LARGE", limit, measured } },
  );
}

export function introspectionClosed({ challenge }: Enforcement): GraphQLError {
  const headers = new HeaderMap([["www-authenticate", challenge({})]]);
  return new GraphQLError("Introspection needs a token here.", {
    extensions: {
      code: "UNAUTHENTICATED",
      reason: "NO_TOKEN",
      http: { status: 401, headers },
    },
  });
}

/** A nullable variable may stand in a condition if it has a default; its null may not. */
export function nullConditions(
  conditions: readonly string[],
  variables: Readonly<Record<string, unknown>>,
): readonly GraphQLError[] {
  return conditions
    .filter((name) => variables[name] === null)
    .map(
      (name) =>
        new GraphQLError(
          `Variable "$${name}" is null, but a condition needs true or false.`,
        ),
    );
}

export function asBadInput(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.nodes && { nodes: error.nodes }),
    extensions: { ...error.extensions, code: "BAD_USER_INPUT" },
  });
}
