import type { GatewayGraphQLRequestContext } from "@apollo/server-gateway-interface";
import type { CacheStats } from "./cache-metrics.ts";
import { createCountedCache } from "./counted-cache.ts";
import { type JsonObject, isObject } from "./compiled/json.ts";
import type { Inquiry } from "./judge.ts";

export type KnownOperation = Pick<Inquiry, "document" | "operation">;

export type Found = {
  readonly operation: KnownOperation;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
};

export type KnownOperations = {
  learn(request: GatewayGraphQLRequestContext): void;
  /** The operation a body asks for, when its words are known; never a malformed body. */
  find(body: unknown): Found | undefined;
  readonly stats: () => CacheStats;
};

/** What a parsed document takes, about. */
const bytesForCharacter = 100;
const maximumBytes = 100 * 1_048_576;
const maximumOperations = 5_000;

/**
 * Operations that were parsed and validated, by their text and operation name, or
 * by the hash that stood in for the text (automatic persisted queries).
 */
export function createKnownOperations(): KnownOperations {
  const known = createCountedCache<KnownOperation>({
    entries: maximumOperations,
    bytes: maximumBytes,
    bytesOf: ({ document }, key) =>
      bytesForCharacter * Math.max(key.length, document.loc?.end ?? 0),
  });
  return {
    learn({ request, source, queryHash, document, operation }) {
      const word: Word = request.extensions?.["persistedQuery"]
        ? { kind: "hash", text: queryHash }
        : { kind: "text", text: source };
      known.set(keyOf(word, request.operationName), { document, operation });
    },
    find(body) {
      if (!isObject(body)) return undefined;
      const { operationName, variables } = body;
      const word = wordOf(body);
      const isFit =
        word !== undefined &&
        (isAbsent(operationName) || typeof operationName === "string") &&
        (isAbsent(variables) || isObject(variables));
      if (!isFit) return undefined;
      const operation = known.get(keyOf(word, operationName ?? undefined));
      return operation && { operation, variables: variables ?? undefined };
    },
    stats: known.stats,
  };
}

/** What a client gives for a document: its text, or a hash known to stand for it. */
type Word = { readonly kind: "text" | "hash"; readonly text: string };

/** No two share one: a name may hold anything. */
function keyOf({ kind, text }: Word, name: string | undefined): string {
  return name === undefined
    ? `${kind}:${text}`
    : `${kind} ${name.length}:${name}${text}`;
}

/** Nothing where both are given: that registers the hash. */
function wordOf({ query, extensions }: JsonObject): Word | undefined {
  if (!isAbsent(extensions) && !isObject(extensions)) return undefined;
  const persisted = extensions?.["persistedQuery"];
  if (!persisted)
    return typeof query === "string"
      ? { kind: "text", text: query }
      : undefined;
  if (query !== undefined || !isObject(persisted)) return undefined;
  const { version, sha256Hash } = persisted;
  const isHash = version === 1 && typeof sha256Hash === "string";
  return isHash ? { kind: "hash", text: sha256Hash } : undefined;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
