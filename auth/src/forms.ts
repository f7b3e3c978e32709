import type { IncomingMessage } from "node:http";

const longestForm = 8_192;

/** Undefined if it is no form or too long. */
export async function readForm(
  request: IncomingMessage,
): Promise<URLSearchParams | undefined> {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim();
  if (type !== "application/x-www-form-urlencoded") return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestForm) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}

/**
 * Whether a form may come from another site. Browsers say so in `Sec-Fetch-Site`;
 * `Origin` decides where that is missing. A caller that sends neither is no browser
 * and has no cookies of another's to abuse.
 */
export function isFromElsewhere(
  { headers }: IncomingMessage,
  issuer: string,
): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin } = headers;
  return origin !== undefined && origin !== new URL(issuer).origin;
}

/** The caller's address; behind a proxy the one the proxy added, not what the caller claims. */
export function addressOf(
  { headers, socket }: IncomingMessage,
  behindProxy: boolean,
): string {
  const forwarded = [headers["x-forwarded-for"]].flat().at(-1)?.split(",");
  const last = behindProxy ? forwarded?.at(-1)?.trim() : undefined;
  return last || (socket.remoteAddress ?? "");
}
