import { Source } from "graphql";
import { CliError } from "./cli-error.ts";

type Document = { readonly id: string; readonly body: string };

/**
 * The documents of a persisted-operations manifest: Apollo's format, version 1, or
 * one object of hash → document. Each is named by the file and its id.
 * @throws CliError saying what is no manifest about it.
 */
export function manifestSources(path: string, text: string): readonly Source[] {
  const refuse = (why: string) =>
    new CliError(`${path} is no persisted-operations manifest: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse("it is no JSON");
  }
  if (!isRecord(value)) throw refuse("it is no JSON object");
  const documents =
    "format" in value ? documentsOfApollo(value) : documentsOfMap(value);
  if (typeof documents === "string") throw refuse(documents);
  return documents.map(({ id, body }) => new Source(body, `${path} (${id})`));
}

/** The documents, or what is wrong. */
function documentsOfApollo(
  manifest: Readonly<Record<string, unknown>>,
): readonly Document[] | string {
  const { format, version, operations } = manifest;
  if (format !== "apollo-persisted-query-manifest" || version !== 1)
    return `format and version are not "apollo-persisted-query-manifest" and 1`;
  if (!Array.isArray(operations)) return "operations is no list";
  const documents = operations.filter(isDocument);
  return documents.length === operations.length
    ? documents
    : "every operation needs an id and a body, both strings";
}

function documentsOfMap(
  map: Readonly<Record<string, unknown>>,
): readonly Document[] | string {
  const documents = Object.entries(map).map(([id, body]) => ({ id, body }));
  const valid = documents.filter(isDocument);
  return valid.length === documents.length
    ? valid
    : "every value needs to be a document, as a string";
}

function isDocument(value: unknown): value is Document {
  return (
    isRecord(value) &&
    typeof value["id"] === "string" &&
    typeof value["body"] === "string"
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
