import { type DeniedEntry, malformed, parseDenied } from "./denied.ts";
import { StatusError, fetchJson } from "./fetch-json.ts";
import { isJsonObject } from "./json-segment.ts";

export type FeedPage = {
  /** How far the issuer is. */
  readonly last: number;
  readonly entries: readonly NumberedEntry[];
};

export type NumberedEntry = DeniedEntry & { readonly seq: number };

export type FeedOptions = {
  readonly url: URL;
  readonly credentials: { readonly id: string; readonly secret: string } | null;
};

/**
 * Gets what an issuer denies after a position. All of the answer counts, or nothing.
 * @throws Error with a fixed sentence.
 */
export async function fetchDenied(
  { url, credentials }: FeedOptions,
  after: number,
  signal: AbortSignal,
): Promise<FeedPage> {
  const page = new URL(url);
  page.searchParams.set("after", String(after));
  const headers = credentials && { authorization: basic(credentials) };
  const answer = await fetchJson(page, signal, headers ?? {}).catch(
    (error: unknown) => {
      throw isRefusal(error) ? new Error(refusals[headers ? 1 : 0]) : error;
    },
  );
  const { last, entries } = answer as { last?: unknown; entries?: unknown };
  if (!isPosition(last) || !Array.isArray(entries)) throw new Error(malformed);
  return { last, entries: entries.map(parseNumbered) };
}

/** RFC 6749 section 2.3.1: both halves are form-encoded first. */
function basic({ id, secret }: { id: string; secret: string }): string {
  const encoded = [id, secret].map((half) =>
    new URLSearchParams({ half }).toString().slice("half=".length),
  );
  return `Basic ${Buffer.from(encoded.join(":")).toString("base64")}`;
}

const refusals = [
  "The denylist wants a client secret, and there is none.",
  "The denylist refuses the gateway's client secret.",
];

function isRefusal(error: unknown): boolean {
  return error instanceof StatusError && [401, 403].includes(error.status);
}

function parseNumbered(stated: unknown): NumberedEntry {
  const seq = isJsonObject(stated) ? stated["seq"] : null;
  if (!isPosition(seq)) throw new Error(malformed);
  return { seq, ...parseDenied(stated) };
}

export function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
