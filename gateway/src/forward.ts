import type { GraphQLDataSource } from "@apollo/gateway";
import type { GatewayGraphQLResponse } from "@apollo/server-gateway-interface";
import type { Principal } from "@hr/access";
import type { Logger } from "@hr/service";
import type { InternalMint } from "@hr/tokens";
import { Kind, type SelectionSetNode, parse } from "graphql";
import { isObject } from "./compiled/json.ts";
import { type SubgraphClient, SubgraphFault } from "./subgraph-client.ts";
import type { SubgraphMetrics, SubgraphOutcome } from "./subgraph-metrics.ts";
import type { RoutedSubgraph } from "./supergraph.ts";

/** What a request carries through planning and execution. */
export type GatewayContext = {
  readonly principal: Principal;
  readonly requestId: string;
  readonly acceptLanguage: string | undefined;
  readonly signal: AbortSignal;
  /** The answer tells what it did cost. */
  readonly reportsCost: boolean;
  /** Kept while the request lasts, whichever way it takes. */
  readonly memory: RequestMemory;
};

/** The answers of the policy evaluator, which is asked once in a request. */
export type RequestMemory = {
  policies?: {
    readonly of: object;
    readonly granted: Promise<ReadonlySet<string>>;
  };
};

export type ForwardOptions = {
  readonly subgraph: RoutedSubgraph;
  readonly mint: InternalMint;
  /** Claims beside scopes this subgraph is told. */
  readonly claims: ReadonlySet<string>;
  readonly logger: Logger;
  readonly metrics: SubgraphMetrics;
};

/** A GraphQL response as parsed, its outline checked. */
export type SubgraphAnswer = {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly unknown[] | null;
};

/** Asks a subgraph by the JSON of a request; null when it gives no answer. */
export type Post = (
  body: string,
  isRead: boolean,
  context: GatewayContext,
) => Promise<SubgraphAnswer | null>;

/**
 * Asks one subgraph, with a token made for it alone. Nothing of the client's
 * request goes along but its language and the request id. Where no answer comes
 * back, whatever failed is not the caller's doing.
 */
export function createPost(
  { subgraph, mint, claims, logger, metrics }: ForwardOptions,
  client: SubgraphClient,
): Post {
  metrics.observeBreaker(client.breaker);
  const shape = { scopes: subgraph.scopes, claims };
  const credentials = createCredentials();
  return async (body, isRead, context) => {
    const { principal, requestId, acceptLanguage, signal } = context;
    const start = performance.now();
    let outcome: SubgraphOutcome = "failed";
    metrics.begin();
    try {
      const token = await mint.mint(principal, subgraph.name, shape);
      const headers = {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
        authorization: credentials(principal, token),
        "x-request-id": requestId,
        ...(acceptLanguage !== undefined && {
          "accept-language": acceptLanguage,
        }),
      };
      const outgoing = { headers, body, isRead, signal };
      const { status, text } = await client.post(outgoing);
      if (status === 401 || status === 403)
        throw new SubgraphFault("it refused the gateway's credential", {
          outcome: "refused",
        });
      const answer = graphQLResponseIn(text);
      outcome = "answered";
      return answer;
    } catch (error) {
      const fault = error instanceof SubgraphFault ? error : undefined;
      const reason = fault?.message ?? "unknown";
      outcome = fault?.outcome ?? "failed";
      logger.error({ subgraph: subgraph.name, reason }, "subgraph unavailable");
      return null;
    } finally {
      metrics.end(outcome, performance.now() - start);
    }
  };
}

/** The header for a token, kept: a text made anew is hashed anew wherever it is looked up. */
function createCredentials() {
  const known = new WeakMap<Principal, { token: string; header: string }>();
  return (principal: Principal, token: string) => {
    const before = known.get(principal);
    if (before?.token === token) return before.header;
    const header = `Bearer ${token}`;
    known.set(principal, { token, header });
    return header;
  };
}

/** The same for the stock executor. */
export function createForwarder(post: Post): GraphQLDataSource {
  return {
    async process({ request, context }) {
      const { query = "", variables } = request;
      const body = JSON.stringify({ query, variables });
      // The planner writes `mutation` first where it is one.
      const isRead = !query.startsWith("mutation");
      const answer = await post(body, isRead, context as GatewayContext);
      return (answer ?? unavailable(query)) as GatewayGraphQLResponse;
    },
  };
}

function graphQLResponseIn(text: string): SubgraphAnswer {
  const body = parsed(text);
  if (!isGraphQLResponse(body))
    throw new SubgraphFault("its answer is no GraphQL response", {
      outcome: "unusable",
    });
  return body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isGraphQLResponse(body: unknown): body is SubgraphAnswer {
  if (!isObject(body)) return false;
  const { data, errors } = body;
  if (data === undefined && errors === undefined) return false;
  return (
    (data === undefined || data === null || isObject(data)) &&
    (errors === undefined || errors === null || Array.isArray(errors))
  );
}

/** One error for each field that was to come, at the first row it was to come to. */
export function unavailable(query: string) {
  const [operation] = parse(query).definitions;
  const paths =
    operation?.kind === Kind.OPERATION_DEFINITION
      ? askedPaths(operation.selectionSet)
      : [];
  const errors = paths.map((path) => ({
    message:
      "The service behind this field is not available right now. Try again shortly.",
    path,
    extensions: { code: "SUBGRAPH_UNAVAILABLE" },
  }));
  return { data: null, errors };
}

function askedPaths(
  set: SelectionSetNode,
  below: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  return set.selections.flatMap((one) => {
    if (one.kind === Kind.FRAGMENT_SPREAD) return [];
    if (one.kind === Kind.INLINE_FRAGMENT)
      return askedPaths(one.selectionSet, below);
    const key = one.alias?.value ?? one.name.value;
    if (key === "__typename") return [];
    return key === "_entities" && one.selectionSet
      ? askedPaths(one.selectionSet, ["_entities", 0])
      : [[...below, key]];
  });
}
