import { GraphQLError } from "graphql";
import {
  type FlattenPath,
  type ResponsePath,
  locate,
  stem,
} from "./flatten-path.ts";
import { type JsonObject, isObject, own } from "./json.ts";
import type { Run } from "./run.ts";

/** The objects each entity of an answer is for: equal ones were asked for once. */
export type Recipients = readonly (readonly JsonObject[])[];

/** Errors of a fetch from the root, or of one that does not speak of single objects. */
export function addErrors(
  { errors }: Run,
  reported: readonly unknown[],
  path: FlattenPath,
): void {
  const start = stem(path);
  for (const error of reported) {
    const below = start.length === path.length ? pathOf(error) : [];
    errors.push(asError(error, below && [...start, ...below]));
  }
}

/** Errors of entities, at each object the entity is for. */
export function addEntityErrors(
  run: Run,
  reported: readonly unknown[],
  of: { readonly path: FlattenPath; readonly recipients: Recipients },
): void {
  const places = locate(run.root, of.path);
  for (const error of reported) {
    const path = pathOf(error);
    const [, index, ...below] = path ?? [];
    const objects =
      typeof index === "number" ? of.recipients[index] : undefined;
    if (!objects) run.errors.push(asError(error, path && stem(of.path)));
    for (const object of objects ?? []) {
      const place = places.get(object) ?? stem(of.path);
      run.errors.push(asError(error, [...place, ...below]));
    }
  }
}

function asError(error: unknown, path: ResponsePath | undefined): GraphQLError {
  const reported = isObject(error) ? error : {};
  const message = own(reported, "message");
  const extensions = own(reported, "extensions");
  return new GraphQLError(
    typeof message === "string" && message !== "" ? message : unexplained,
    {
      ...(path && { path }),
      extensions: {
        code: withoutCode,
        ...(isObject(extensions) && extensions),
      },
    },
  );
}

/** As the stock executor says; to a client the formatter says `INTERNAL_SERVER_ERROR`. */
const withoutCode = "DOWNSTREAM_SERVICE_ERROR";

const unexplained = "The service behind this field reported an error.";

function pathOf(error: unknown): ResponsePath | undefined {
  const path = isObject(error) ? own(error, "path") : undefined;
  const isPath =
    Array.isArray(path) &&
    path.every((key) => typeof key === "string" || typeof key === "number");
  return isPath ? path : undefined;
}
