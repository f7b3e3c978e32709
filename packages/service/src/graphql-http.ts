import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type ApolloServer,
  type BaseContext,
  HeaderMap,
  type HTTPGraphQLResponse,
} from "@apollo/server";
import type { Principal } from "@hr/access";
import type { CredentialRequest, TokenRefusal, Verified } from "@hr/tokens";

/** What is known of a request before its body is read. */
export type Arrival = {
  readonly principal: Principal;
  readonly requestId: string;
  readonly headers: IncomingMessage["headers"];
  /** Aborted when the client goes away before the answer is out. */
  readonly signal: AbortSignal;
};

export type GraphQLHttpOptions<Context extends BaseContext> = {
  readonly server: ApolloServer<Context>;
  readonly authenticate: (
    request: CredentialRequest,
  ) => Promise<Verified | TokenRefusal>;
  readonly context: (arrival: Arrival) => Context | Promise<Context>;
  /** Other origins a browser may call from; none by default. */
  readonly allowedOrigins?: ReadonlySet<string>;
  readonly maximumBodyBytes?: number;
  /** Added to every refusal, such as a hint where to get a token (development). */
  readonly help?: string;
};

const oneMebibyte = 1_048_576;

/**
 * GraphQL over HTTP: proves the token before the body is read, then hands the
 * request to Apollo Server with nothing lost of its own rules.
 */
export function graphqlOverHttp<Context extends BaseContext>(
  options: GraphQLHttpOptions<Context>,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const requestId = requestIdOf(request);
    response.setHeader("x-request-id", requestId);
    response.setHeader("cache-control", "no-store");
    if (allowOrigin(request, response, options.allowedOrigins)) return;
    const verified = await options.authenticate(credentialsOf(request));
    if (verified.kind === "refused")
      return sendRefusal(response, verified, options.help);
    const body = await readBody(
      request,
      options.maximumBodyBytes ?? oneMebibyte,
    );
    if (body.kind === "fault")
      return sendFault(response, body.status, body.code, body.message);
    const aborter = new AbortController();
    response.on("close", () => {
      if (!response.writableFinished) aborter.abort();
    });
    const arrival: Arrival = {
      principal: verified.principal,
      requestId,
      headers: request.headers,
      signal: aborter.signal,
    };
    const answer = await options.server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? "GET",
        headers: headerMap(request),
        search: URL.parse(request.url ?? "/", "http://unused")?.search ?? "",
        body: body.value,
      },
      context: async () => options.context(arrival),
    });
    await sendAnswer(response, answer);
  };
}

/** A refused credential, in GraphQL's own shape (RFC 6750 section 3, GraphQL over HTTP). */
function sendRefusal(
  response: ServerResponse,
  refusal: TokenRefusal,
  help?: string,
): void {
  if (refusal.challenges.length > 0)
    response.setHeader("www-authenticate", [...refusal.challenges]);
  if (refusal.retryAfter !== undefined)
    response.setHeader("retry-after", String(refusal.retryAfter));
  sendFault(response, refusal.status, refusal.code, refusal.message, {
    reason: refusal.reason,
    ...(help !== undefined && refusal.status === 401 && { help }),
  });
}

function sendFault(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): void {
  response.writeHead(status, {
    "content-type": "application/graphql-response+json; charset=utf-8",
    ...(status === 413 && { connection: "close" }),
  });
  response.end(
    JSON.stringify({
      errors: [{ message, extensions: { code, ...extensions } }],
    }),
  );
}

async function sendAnswer(
  response: ServerResponse,
  answer: HTTPGraphQLResponse,
): Promise<void> {
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.setHeader("cache-control", "no-store");
  response.statusCode = answer.status ?? 200;
  if (answer.body.kind === "complete") {
    response.end(answer.body.string);
    return;
  }
  for await (const chunk of answer.body.asyncIterator) response.write(chunk);
  response.end();
}

function credentialsOf(request: IncomingMessage): CredentialRequest {
  const contentType = request.headers["content-type"];
  return {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    headersDistinct: request.headersDistinct,
    ...(contentType !== undefined && { contentType }),
  };
}

type Body =
  | { readonly kind: "body"; readonly value: unknown }
  | {
      readonly kind: "fault";
      readonly status: number;
      readonly code: string;
      readonly message: string;
    };

async function readBody(
  request: IncomingMessage,
  maximum: number,
): Promise<Body> {
  if (request.method !== "POST") return { kind: "body", value: undefined };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximum)
      return {
        kind: "fault",
        status: 413,
        code: "REQUEST_TOO_LARGE",
        message: `The request body is above ${maximum} bytes.`,
      };
    chunks.push(chunk);
  }
  if (
    !/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")
  )
    return {
      kind: "fault",
      status: 415,
      code: "BAD_REQUEST",
      message: "Send the operation as Content-Type: application/json.",
    };
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return { kind: "body", value };
  } catch {
    return {
      kind: "fault",
      status: 400,
      code: "BAD_REQUEST",
      message: "The request body is not valid JSON.",
    };
  }
}

/** Answers a preflight (true), and lets allowed origins read the answer. */
function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  allowed: ReadonlySet<string> = new Set(),
): boolean {
  const { origin } = request.headers;
  if (origin !== undefined && allowed.has(origin)) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader(
      "access-control-expose-headers",
      "www-authenticate, x-request-id",
    );
  }
  response.setHeader("vary", "origin");
  if (request.method !== "OPTIONS") return false;
  response.writeHead(204, {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers":
      "authorization, content-type, dpop, apollo-require-preflight, x-apollo-operation-name, apollographql-client-name, apollographql-client-version, x-request-id",
    "access-control-max-age": "600",
  });
  response.end();
  return true;
}

function headerMap(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined)
      headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  return headers;
}

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[\w-]{1,64}$/.test(given)
    ? given
    : randomUUID();
}
