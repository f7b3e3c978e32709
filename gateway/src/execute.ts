import { createHash } from "node:crypto";
import {
  type FilteredOperation,
  type Principal,
  type Selection,
  clientPath,
  completeResponse,
  filterOperation,
  measureOperation,
  meets,
  wireOperation,
} from "@hr/access";
import { Unauthorized } from "@hr/service";
import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
} from "@apollo/server-gateway-interface";
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  executeSync,
  getVariableValues,
  print,
} from "graphql";
import type { GatewayContext } from "./forward.ts";
import type { Supergraph } from "./supergraph.ts";

export type Limits = {
  /** Selections once fragments are expanded. */
  readonly selections: number;
  readonly depth: number;
};

export const standardLimits: Limits = { selections: 10_000, depth: 20 };

export type ExecutorParts = {
  readonly supergraph: Supergraph;
  readonly apiSchema: GraphQLSchema;
  /** Plans and runs a document without knowing who may see what. */
  readonly inner: GatewayExecutor;
  readonly limits: Limits;
};

/**
 * One request: bound, coerce, take out what the caller may not see, run the
 * rest, and answer the operation the client wrote.
 */
export function createExecutor(parts: ExecutorParts): GatewayExecutor {
  return async (request) => {
    if (!isResolved(request)) return { errors: [unresolved(request)] };
    const fragments = fragmentsOf(request.document);
    const bounded = withinLimits(request, fragments, parts.limits);
    if (bounded) return { errors: [bounded] };
    const coerced = getVariableValues(
      parts.apiSchema,
      request.operation.variableDefinitions ?? [],
      request.request.variables ?? {},
      { maxErrors: 10 },
    );
    if (coerced.errors) return { errors: coerced.errors.map(asBadInput) };
    const { principal } = request.context as GatewayContext;
    const filtered = filterOperation({
      schema: parts.apiSchema,
      operation: request.operation,
      fragments,
      variables: coerced.coerced,
      rules: parts.supergraph.rules,
      meets: (requirement) => meets(requirement, principal),
      prefix: parts.supergraph.prefix,
    });
    const document = wireOperation(filtered, parts.supergraph.prefix);
    const answer = document ? await run(parts, request, document) : {};
    const introspection = introspect(parts, request, filtered);
    const data = completeResponse({
      schema: parts.apiSchema,
      filtered,
      data: answer.data ?? null,
      introspection,
      prefix: parts.supergraph.prefix,
    });
    const errors = [
      ...denialErrors(filtered, principal),
      ...executionErrors(filtered, answer),
    ];
    return { data, ...(errors.length > 0 && { errors }) };
  };
}

/** The type promises an operation; a name that fits none leaves it out. */
function isResolved({
  operation,
}: {
  readonly operation?: OperationDefinitionNode;
}): boolean {
  return operation !== undefined;
}

function unresolved({ request }: GatewayGraphQLRequestContext): GraphQLError {
  const message = request.operationName
    ? "operationName names no operation of this document."
    : "The document holds several operations: name one by operationName.";
  return new GraphQLError(message, {
    extensions: {
      code: "OPERATION_RESOLUTION_FAILURE",
      http: { status: 400 },
    },
  });
}

/** Runs what is left, with nothing that could stand for another caller's plan. */
function run(
  parts: ExecutorParts,
  request: GatewayGraphQLRequestContext,
  document: DocumentNode,
): Promise<GatewayExecutionResult> {
  const source = print(document);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION)
    throw new Error("The filtered document holds no operation");
  const used = new Set(
    operation.variableDefinitions?.map(({ variable }) => variable.name.value),
  );
  const variables = Object.fromEntries(
    Object.entries(request.request.variables ?? {}).filter(([name]) =>
      used.has(name),
    ),
  );
  return parts.inner({
    ...request,
    request: { ...request.request, query: source, variables, extensions: {} },
    document,
    source,
    operation,
    queryHash: createHash("sha256").update(source).digest("hex"),
  });
}

/** `__schema` and `__type` never go to the stock executor; it knows no caller. */
function introspect(
  parts: ExecutorParts,
  request: GatewayGraphQLRequestContext,
  filtered: FilteredOperation,
): Readonly<Record<string, unknown>> {
  const selections = introspectionFields(filtered.selections);
  if (selections.length === 0) return {};
  const operation: OperationDefinitionNode = {
    ...request.operation,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
  const result = executeSync({
    schema: parts.apiSchema,
    document: {
      kind: Kind.DOCUMENT,
      definitions: [operation, ...fragmentsOf(request.document).values()],
    },
    variableValues: request.request.variables ?? {},
  });
  return result.data ?? {};
}

function introspectionFields(
  selections: readonly Selection[],
): readonly FieldNode[] {
  return selections.flatMap((one) => {
    if (one.kind === "fragment") return introspectionFields(one.selections);
    return one.outcome === "introspection" ? [one.node] : [];
  });
}

function withinLimits(
  request: GatewayGraphQLRequestContext,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  limits: Limits,
): GraphQLError | undefined {
  const size = measureOperation(request.operation, fragments);
  for (const name of ["selections", "depth"] as const)
    if (size[name] > limits[name])
      return new GraphQLError(
        `The operation's ${name} come to ${size[name]}; the limit is ${limits[name]}.`,
        {
          extensions: {
            code: "OPERATION_TOO_LARGE",
            limit: limits[name],
            measured: size[name],
          },
        },
      );
  return undefined;
}

function denialErrors(
  filtered: FilteredOperation,
  principal: Principal,
): readonly GraphQLError[] {
  return filtered.denials.map(({ coordinate, path, requirement }) =>
    withPath(new Unauthorized(coordinate, requirement, principal), path),
  );
}

/** Errors of the subgraphs under the client's keys; completion problems become ordinary errors. */
function executionErrors(
  filtered: FilteredOperation,
  answer: GatewayExecutionResult,
): readonly GraphQLError[] {
  const errors = (answer.errors ?? []).map((error) =>
    translate(filtered, error),
  );
  const known = errors.map(({ path }) => JSON.stringify(path ?? []));
  const incomplete = valueCompletion(answer)
    .map((error) => translate(filtered, error))
    .filter(({ path }) => !covered(path ?? [], known));
  return [...errors, ...incomplete];
}

function translate(
  filtered: FilteredOperation,
  error: GraphQLError | GraphQLFormattedError,
): GraphQLError {
  const { serviceName: _serviceName, ...extensions } = error.extensions ?? {};
  const path = error.path && clientPath(filtered.selections, error.path);
  return new GraphQLError(error.message, {
    extensions,
    ...(path && path.length > 0 && { path }),
  });
}

/** What a subgraph left out although the schema promises it; the stock executor hides it in extensions. */
function valueCompletion(
  answer: GatewayExecutionResult,
): readonly GraphQLFormattedError[] {
  const entries: unknown = answer.extensions?.["valueCompletion"];
  if (!Array.isArray(entries)) return [];
  return (entries as GraphQLFormattedError[]).map(({ path }) => ({
    message: "A service left out a value the schema promises.",
    extensions: { code: "INCOMPLETE_ANSWER" },
    ...(path && { path }),
  }));
}

/** An error on the way to, or below, a null already explains it. */
function covered(
  path: readonly (string | number)[],
  known: readonly string[],
): boolean {
  const here = JSON.stringify(path).slice(0, -1);
  return known.some((one) => {
    const there = one.slice(0, -1);
    return there.startsWith(here) || here.startsWith(there);
  });
}

function withPath(error: GraphQLError, path: readonly string[]): GraphQLError {
  if (path.length === 0) return error;
  return new GraphQLError(error.message, {
    path,
    extensions: error.extensions,
  });
}

function asBadInput(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.nodes && { nodes: error.nodes }),
    extensions: { ...error.extensions, code: "BAD_USER_INPUT" },
  });
}

function fragmentsOf(
  document: DocumentNode,
): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
}
