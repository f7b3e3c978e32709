import { type FilteredOperation, clientPath } from "@hr/access";
import type { GatewayExecutionResult } from "@apollo/server-gateway-interface";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { type Detail, codeOf, reticent } from "./denials.ts";

type Path = readonly (string | number)[];

const refusals = new Set(["FORBIDDEN", "UNAUTHORIZED_FIELD_OR_TYPE"]);

/** Errors of the subgraphs under the client's keys; completion problems become ordinary errors. */
export function answerErrors(
  filtered: FilteredOperation,
  answer: GatewayExecutionResult,
  detail: Detail,
): readonly GraphQLError[] {
  const errors = (answer.errors ?? []).map((error) =>
    translate(filtered, error, detail),
  );
  const known = errors.map(({ path }) => path ?? []);
  const incomplete = valueCompletion(answer)
    .map((error) => translate(filtered, error, detail))
    .filter(({ path }) => !covered(path ?? [], known));
  return [...errors, ...incomplete];
}

function translate(
  filtered: FilteredOperation,
  error: GraphQLError | GraphQLFormattedError,
  detail: Detail,
): GraphQLError {
  // Neither a subgraph's name nor what it says of HTTP is for the client.
  const {
    serviceName: _serviceName,
    http: _http,
    ...extensions
  } = error.extensions ?? {};
  const path = error.path && clientPath(filtered.selections, error.path);
  const silent =
    detail === "minimal" && refusals.has(String(extensions["code"]));
  return new GraphQLError(silent ? reticent : error.message, {
    extensions: silent ? codeOf(extensions) : extensions,
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
function covered(path: Path, known: readonly Path[]): boolean {
  return known.some((one) =>
    one.slice(0, path.length).every((key, at) => key === path[at]),
  );
}
