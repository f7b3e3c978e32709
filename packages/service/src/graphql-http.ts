import { randomUUID } from "node:crypto";
import type {
  IncomingMessage,
  OutgoingHttpHeaders,
  ServerResponse,
} from "node:http";
import {
  type ApolloServer,
  type BaseContext,
  HeaderMap,
  type HTTPGraphQLResponse,
} from "@apollo/server";
import type { Principal } from "@hr/access";
import type { CredentialRequest, TokenRefusal, Verified } from "@hr/tokens";
import { type BodyFault, readBody } from "./json-body.ts";

/** What is known of a request before its body is read. */
export type Arrival = {
  readonly principal: Principal;
  readonly requestId: string;
  readonly headers: IncomingMessage["headers"];
  /** Aborted when the client goes away before the answer is out. */
  readonly signal: AbortSignal;
};

/** An answer made without Apollo Server: the text of a GraphQL response. */
export type PreparedAnswer = {
  readonly status: number;
  readonly text: string;
};

/** Answers a body from what is known; undefined when it does not know how. */
export type AnswerPrepared<Context> = (
  body: unknown,
  /** The request's own, the same for whoever asks. */
  context: () => Promise<Context>,
) => Promise<PreparedAnswer | undefined>;

/** Where a request may name its operation. */
export type AskedOverHttp = {
  readonly method: string;
  /** The query of the URL, from `?` on, or nothing. */
  readonly search: string;
  /** As parsed; undefined for a method without one. */
  readonly body: unknown;
};

export type Admitted = Pick<AskedOverHttp, "search" | "body"> & {
  readonly kind: "admitted";
};

export type GraphQLHttpOptions<Context extends BaseContext> = {
  readonly server: ApolloServer<Context>;
  readonly authenticate: (
    request: CredentialRequest,
  ) => Promise<Verified | TokenRefusal>;
  readonly context: (arrival: Arrival) => Context | Promise<Context>;
  /** Says what to run of what was asked, or refuses it: the first to see a body. */
  readonly admit?: (asked: AskedOverHttp) => Admitted | BodyFault;
  /**
   * Asked before Apollo Server, for requests that pass all of its rules of HTTP: it
   * answers what it knows, and otherwise has done nothing.
   */
  readonly prepared?: AnswerPrepared<Context>;
  /** Told the code of each request that is refused before it is looked at. */
  readonly onRefused?: (code: string) => void;
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
  const { server, allowedOrigins = new Set(), prepared } = options;
  const contentTypes = createContentTypes();
  return async (request, response) => {
    const requestId = requestIdOf(request);
    const head = headOf(request, requestId, allowedOrigins);
    if (request.method === "OPTIONS") return sendPreflight(response, head);
    const verified = await options.authenticate(credentialsOf(request));
    if (verified.kind === "refused") {
      options.onRefused?.(verified.code);
      return sendRefusal({ response, head }, verified, options.help);
    }
    const body = await readBody(
      request,
      options.maximumBodyBytes ?? oneMebibyte,
    );
    if (body.kind === "fault") {
      options.onRefused?.(body.code);
      return sendFault({ response, head }, body);
    }
    const asked = askedOf(request, body.value);
    const admitted = options.admit?.(asked) ?? admit(asked);
    if (admitted.kind === "fault") {
      options.onRefused?.(admitted.code);
      return sendFault({ response, head }, admitted);
    }
    const { headers } = request;
    const { principal } = verified;
    const signal = departure(response);
    const arrival = { principal, requestId, headers, signal };
    const context = once(async () => options.context(arrival));
    const contentType = contentTypes.known(request);
    if (prepared && contentType !== undefined) {
      const answer = await prepared(admitted.body, context);
      if (answer) {
        head["content-type"] = contentType;
        head["content-length"] = Buffer.byteLength(answer.text);
        response.writeHead(answer.status, head).end(answer.text);
        return;
      }
    }
    const answer = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: asked.method,
        headers: headerMap(request),
        search: admitted.search,
        body: admitted.body,
      },
      context,
    });
    contentTypes.learn(request, answer);
    await sendAnswer({ response, head }, answer);
  };
}

/** Whichever way a request takes, its context is made once. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

function askedOf(
  { method = "GET", url = "/" }: IncomingMessage,
  body: unknown,
): AskedOverHttp {
  const search = url.includes("?")
    ? (URL.parse(url, "http://unused")?.search ?? "")
    : "";
  return { method, search, body };
}

function admit({ search, body }: AskedOverHttp): Admitted {
  return { kind: "admitted", search, body };
}

type Reply = {
  readonly response: ServerResponse;
  readonly head: OutgoingHttpHeaders;
};

/** A refused credential, in GraphQL's own shape (RFC 6750 section 3, GraphQL over HTTP). */
function sendRefusal(
  { response, head }: Reply,
  refusal: TokenRefusal,
  help?: string,
): void {
  const { challenges, retryAfter, status, code, message, reason } = refusal;
  const more = {
    ...(challenges.length > 0 && { "www-authenticate": [...challenges] }),
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
  };
  sendFault(
    { response, head: { ...head, ...more } },
    { status, code, message },
    { reason, ...(help !== undefined && status === 401 && { help }) },
  );
}

function sendFault(
  { response, head }: Reply,
  { status, code, message }: Omit<BodyFault, "kind">,
  extensions: Readonly<Record<string, unknown>> = {},
): void {
  response.writeHead(status, {
    ...head,
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
  { response, head }: Reply,
  { status, headers, body }: HTTPGraphQLResponse,
): Promise<void> {
  const whole = { ...Object.fromEntries(headers), ...head };
  if (body.kind === "complete") {
    const length = Buffer.byteLength(body.string);
    response.writeHead(status ?? 200, { ...whole, "content-length": length });
    response.end(body.string);
    return;
  }
  response.writeHead(status ?? 200, whole);
  for await (const chunk of body.asyncIterator) response.write(chunk);
  response.end();
}

function credentialsOf(request: IncomingMessage): CredentialRequest {
  const contentType = request.headers["content-type"];
  return {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    headersDistinct: credentialHeaders(request),
    ...(contentType !== undefined && { contentType }),
  };
}

/** Those of `headersDistinct` that carry credentials: making all of them costs more. */
function credentialHeaders({
  rawHeaders,
}: IncomingMessage): CredentialRequest["headersDistinct"] {
  const found: NodeJS.Dict<string[]> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase();
    if (name === "authorization" || name === "dpop")
      (found[name] ??= []).push(rawHeaders[at + 1] ?? "");
  }
  return found;
}

/** Headers of every answer; an allowed origin may read it. */
function headOf(
  { headers: { origin } }: IncomingMessage,
  requestId: string,
  allowed: ReadonlySet<string>,
): OutgoingHttpHeaders {
  const head: OutgoingHttpHeaders = {
    "x-request-id": requestId,
    "cache-control": "no-store",
    vary: "origin",
  };
  if (origin !== undefined && allowed.has(origin)) {
    head["access-control-allow-origin"] = origin;
    head["access-control-expose-headers"] = "www-authenticate, x-request-id";
  }
  return head;
}

function sendPreflight(
  response: ServerResponse,
  head: OutgoingHttpHeaders,
): void {
  response.writeHead(204, {
    ...head,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers":
      "authorization, content-type, dpop, apollo-require-preflight, x-apollo-operation-name, apollographql-client-name, apollographql-client-version, x-request-id",
    "access-control-max-age": "600",
  });
  response.end();
}

function departure(response: ServerResponse): AbortSignal {
  const aborter = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) aborter.abort();
  });
  return aborter.signal;
}

/**
 * How Apollo Server answers requests with one `Accept`, as it did before: its
 * negotiation looks at nothing else. Only for a POST of plain JSON, which passes its
 * protection against cross-site requests.
 */
function createContentTypes() {
  const known = new Map<string, string>();
  const isPlain = ({ method, headers }: IncomingMessage) =>
    method === "POST" && plainJson.has(headers["content-type"] ?? "");
  const acceptOf = ({ headers }: IncomingMessage) => headers.accept ?? "";
  return {
    known: (request: IncomingMessage) =>
      isPlain(request) ? known.get(acceptOf(request)) : undefined,
    learn(request: IncomingMessage, { status, headers }: HTTPGraphQLResponse) {
      const contentType = headers.get("content-type");
      const accept = acceptOf(request);
      const isUsual =
        (status ?? 200) === 200 && isPlain(request) && contentType;
      if (!isUsual || accept.length > 256) return;
      // The oldest makes room: it is learned again with the next request.
      const [oldest] = known.keys();
      if (known.size >= maximumAccepts && oldest !== undefined)
        known.delete(oldest);
      known.set(accept, contentType);
    },
  };
}

const maximumAccepts = 256;
const plainJson: ReadonlySet<string> = new Set([
  "application/json",
  "application/json; charset=utf-8",
  "application/json;charset=utf-8",
  "application/json;charset=UTF-8",
]);

function headerMap(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined)
      headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  return headers;
}

function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w-]{1,64}$/.test(given)
    ? given
    : randomUUID();
}
