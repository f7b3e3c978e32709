import type { AskedOverHttp, BodyFault } from "@hr/service";
import { isObject } from "../compiled/json.ts";

/** How a request says which document to run. */
export type Naming = {
  readonly kind: "naming";
  readonly text: string | undefined;
  /** GraphQL over HTTP, Appendix A: persisted documents. */
  readonly documentId: string | undefined;
  /** Apollo's `extensions.persistedQuery`. */
  readonly hash: string | undefined;
};

/**
 * Reads the names as Apollo Server would read the text, from the URL of a GET and the
 * body of a POST. Of what else a request holds Apollo Server is the judge.
 */
export function readNaming(request: AskedOverHttp): Naming | BodyFault {
  const parameters = parametersOf(request);
  if ("kind" in parameters) return parameters;
  const { query, documentId, extensions } = parameters;
  if (query !== undefined && typeof query !== "string")
    return malformed("query is to be a string.");
  if (documentId !== undefined && typeof documentId !== "string")
    return malformed("documentId is to be a string.");
  const persisted = isObject(extensions)
    ? (extensions["persistedQuery"] ?? undefined)
    : undefined;
  const hash = persisted === undefined ? undefined : hashOf(persisted);
  if (typeof hash === "object") return hash;
  return { kind: "naming", text: query || undefined, documentId, hash };
}

/** The same request with the text in the place of whatever names it. */
export function withText(
  { method, search, body }: AskedOverHttp,
  text: string,
): Pick<AskedOverHttp, "search" | "body"> {
  if (method === "POST" && isObject(body)) {
    const { documentId: _, extensions, ...rest } = body;
    const others = withoutHash(extensions);
    const kept = others === undefined ? rest : { ...rest, extensions: others };
    return { search, body: { ...kept, query: text } };
  }
  const parameters = new URLSearchParams(search);
  parameters.delete("documentId");
  parameters.set("query", text);
  const extensions = parseJson(parameters.get("extensions"));
  const others = withoutHash(extensions);
  if (others === undefined) parameters.delete("extensions");
  else parameters.set("extensions", JSON.stringify(others));
  return { search: `?${parameters.toString()}`, body };
}

function parametersOf({
  method,
  search,
  body,
}: AskedOverHttp): Parameters | BodyFault {
  if (method !== "GET") {
    if (!isObject(body)) return malformed("Send one JSON object.");
    const { query, documentId, extensions } = body;
    return {
      query: query ?? undefined,
      documentId: documentId ?? undefined,
      extensions,
    };
  }
  const parameters = new URLSearchParams(search);
  const twice = ["query", "documentId", "extensions"].find(
    (name) => parameters.getAll(name).length > 1,
  );
  if (twice !== undefined)
    return malformed(`${twice} may only be specified once.`);
  return {
    query: parameters.get("query") ?? undefined,
    documentId: parameters.get("documentId") ?? undefined,
    extensions: parseJson(parameters.get("extensions")),
  };
}

type Parameters = {
  readonly query: unknown;
  readonly documentId: unknown;
  readonly extensions: unknown;
};

function hashOf(persisted: unknown): string | BodyFault {
  if (isObject(persisted) && persisted["version"] === 1) {
    const { sha256Hash } = persisted;
    if (typeof sha256Hash === "string") return sha256Hash;
  }
  return malformed(
    "extensions.persistedQuery is to have version 1 and a string sha256Hash.",
  );
}

function withoutHash(extensions: unknown): unknown {
  if (!isObject(extensions)) return extensions;
  const { persistedQuery: _, ...others } = extensions;
  return Object.keys(others).length > 0 ? others : undefined;
}

/** What is no JSON stays a text, which is as little of an object. */
function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

function malformed(message: string): BodyFault {
  return { kind: "fault", status: 400, code: "BAD_REQUEST", message };
}
