import type { IncomingMessage, ServerResponse } from "node:http";
import { type Route, sendJson } from "@hr/service";
import type { Kysely } from "kysely";
import { type Client, gatewayId, secretMatches } from "./clients.ts";
import { readDenied } from "./denied.repository.ts";
import type { AuthTables } from "./tables.ts";

export type DenylistSettings = {
  readonly issuer: string;
  readonly database: Kysely<AuthTables>;
  readonly clients: readonly Client[];
};

/**
 * What gateways follow to refuse tokens before they expire: `GET ?after=<seq>` by
 * the client `gateway` answers `{ last, entries: [{ seq, kind, value, before?,
 * until }] }`, times in epoch seconds, in the order the entries took force.
 */
export function denylistRoute(settings: DenylistSettings): Route {
  return {
    method: "GET",
    path: "/connect/denylist",
    handle: (request, response) => answer(settings, request, response),
  };
}

async function answer(
  { issuer, database, clients }: DenylistSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isGateway(clients, request.headers.authorization)) {
    const challenge = { "www-authenticate": `Basic realm="${issuer}"` };
    return sendJson(response, 401, { error: "invalid_client" }, challenge);
  }
  const after = afterOf(request);
  if (after === undefined)
    return sendJson(response, 400, {
      error: "invalid_request",
      error_description: "after must be one whole number, such as after=0",
    });
  sendJson(response, 200, await readDenied(database, after));
}

function isGateway(
  clients: readonly Client[],
  authorization: string | undefined,
): boolean {
  const gateway = clients.find(({ id }) => id === gatewayId);
  if (gateway?.kind !== "resource-server") return false;
  const [, encoded = ""] = /^basic +(\S+)$/i.exec(authorization ?? "") ?? [];
  const pair = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const [id, secret] = pair.map(formDecoded);
  const { proof } = gateway;
  return (
    pair.length === 2 &&
    id === gatewayId &&
    secret !== undefined &&
    proof.method === "client_secret_basic" &&
    secretMatches(proof.digest, secret)
  );
}

/** Both halves are form-encoded first (RFC 6749 section 2.3.1). */
function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function afterOf({ url = "" }: IncomingMessage): number | undefined {
  const { searchParams } = new URL(url, "http://here");
  const [text = "0", second] = searchParams.getAll("after");
  return second === undefined && /^\d{1,15}$/.test(text)
    ? Number(text)
    : undefined;
}
