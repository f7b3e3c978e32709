import { isJsonObject, type JsonObject } from "./json-segment.ts";

/** An answer with another status than 200. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly status: number;

  constructor(status: number) {
    super("The issuer answers with another status than 200.");
    this.status = status;
  }
}

/**
 * Gets a JSON object; redirects are not followed.
 * @throws Error with a fixed sentence that names no host.
 */
export async function fetchJson(
  url: string | URL,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonObject> {
  const answer = await fetch(url, {
    redirect: "manual",
    signal,
    headers: {
      accept: "application/json, application/jwk-set+json",
      ...headers,
    },
  }).catch(() => null);
  if (answer === null) throw new Error("The issuer does not answer.");
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw new StatusError(answer.status);
  }
  const body: unknown = await answer.json().catch(() => null);
  if (!isJsonObject(body))
    throw new Error("The issuer's answer is no JSON object.");
  return body;
}
