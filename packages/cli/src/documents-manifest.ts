import { createHash } from "node:crypto";
import type { Dnf } from "@hr/access";
import { Kind, print, separateOperations } from "graphql";
import { CliError } from "./cli-error.ts";
import { needsOf } from "./operation-needs.ts";
import type { Graph } from "./read-graph.ts";
import type { ReadOperation } from "./read-operations.ts";

/** An entry of Apollo's manifest, with what it needs beside it. */
export type ManifestOperation = {
  /** SHA-256 of the body, in hexadecimal. */
  readonly id: string;
  readonly name: string;
  readonly type: "query" | "mutation" | "subscription";
  /** The operation and the fragments it uses, no others. */
  readonly body: string;
  /** Each suffices, the smallest first: a list of scopes that must be held together. */
  readonly requiredScopes: Dnf;
};

/**
 * A persisted-operations manifest in Apollo's format, version 1, by the operations'
 * names, a line for each: the same operations make the same text.
 * @throws CliError naming every operation without a name.
 */
export function manifestOf(
  operations: readonly ReadOperation[],
  graph: Graph,
): string {
  const nameless = operations.filter(({ name }) => name === null);
  if (nameless.length > 0)
    throw new CliError(nameless.map(askForName).join("\n"));
  const lines = operations
    .map((operation) => entryOf(operation, graph))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => `    ${JSON.stringify(entry)}`);
  return `{
  "format": "apollo-persisted-query-manifest",
  "version": 1,
  "operations": [
${lines.join(",\n")}
  ]
}
`;
}

function askForName({ source, operation }: ReadOperation): string {
  const { line, column } = operation.loc?.startToken ?? { line: 1, column: 1 };
  const { operation: type } = operation;
  return `${source}:${line}:${column}: The operation has no name: write ${type} SomeName.`;
}

function entryOf(operation: ReadOperation, graph: Graph): ManifestOperation {
  const { type, alternatives } = needsOf(operation, graph, "person");
  const body = bodyOf(operation);
  return {
    id: createHash("sha256").update(body).digest("hex"),
    name: operation.name ?? "",
    type,
    body,
    requiredScopes: alternatives,
  };
}

/** As Apollo's tools print it, so that their ids are ours: fragments behind, by name. */
function bodyOf({ name, operation, fragments }: ReadOperation): string {
  const sorted = [...fragments].sort(([a], [b]) => (a < b ? -1 : 1));
  const document = {
    kind: Kind.DOCUMENT as const,
    definitions: [operation, ...sorted.map(([, definition]) => definition)],
  };
  const own = separateOperations(document)[name ?? ""];
  return print(own ?? document);
}
