import type { GraphQLDataSource } from "@apollo/gateway";
import type { Principal } from "@hr/access";
import type { Logger } from "@hr/service";
import type { InternalMint } from "@hr/tokens";
import { Kind, type SelectionSetNode, parse } from "graphql";
import type { RoutedSubgraph } from "./supergraph.ts";

/** What a request carries through planning and execution. */
export type GatewayContext = {
  readonly principal: Principal;
  readonly requestId: string;
  readonly acceptLanguage: string | undefined;
  readonly signal: AbortSignal;
};

export type ForwardOptions = {
  readonly subgraph: RoutedSubgraph;
  readonly mint: InternalMint;
  /** Claims beside scopes this subgraph is told. */
  readonly claims: ReadonlySet<string>;
  readonly logger: Logger;
};

const timeoutMs = 30_000;
const maximumBytes = 20 * 1_048_576;

/**
 * Asks one subgraph, with a token made for it alone. Nothing of the client's
 * request goes along but its language and the request id.
 */
export function createForwarder(options: ForwardOptions): GraphQLDataSource {
  return {
    async process({ request, context }) {
      const { signal, ...caller } = context as GatewayContext;
      const token = await options.mint.mint(
        caller.principal,
        options.subgraph.name,
        { scopes: options.subgraph.scopes, claims: options.claims },
      );
      const answer = await post(options, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        headers: {
          "content-type": "application/json",
          accept: "application/graphql-response+json, application/json",
          authorization: `Bearer ${token}`,
          "x-request-id": caller.requestId,
          ...(caller.acceptLanguage !== undefined && {
            "accept-language": caller.acceptLanguage,
          }),
        },
        body: JSON.stringify({
          query: request.query,
          variables: request.variables,
        }),
      });
      return answer ?? unavailable(request.query ?? "");
    },
  };
}

type Outgoing = {
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The answer, or null when there is none: then whatever failed is not the caller's doing. */
async function post(
  { subgraph, logger }: ForwardOptions,
  outgoing: Outgoing,
): Promise<object | null> {
  try {
    const response = await fetch(subgraph.url, {
      method: "POST",
      redirect: "error",
      ...outgoing,
    });
    const text = await readText(response);
    if (response.status === 401 || response.status === 403)
      throw new Error("it refused the gateway's credential");
    const body: unknown = JSON.parse(text);
    if (!isGraphQLResponse(body))
      throw new Error("its answer is no GraphQL response");
    return body;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    logger.error({ subgraph: subgraph.name, reason }, "subgraph unavailable");
    return null;
  }
}

function isGraphQLResponse(body: unknown): body is object {
  return (
    typeof body === "object" &&
    body !== null &&
    ("data" in body || "errors" in body)
  );
}

/** One error for each field that was to come, at the first row it was to come to. */
function unavailable(query: string) {
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

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ??
    []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maximumBytes) throw new Error("its answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
