import { type IncomingMessage, request } from "node:http";

/** A request as it goes over the wire: nothing is normalised, joined or added to but `Host`. */
export type Wire = {
  /** Default `POST`. */
  readonly method?: string;
  /** Default `/graphql`. */
  readonly path?: string;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Each a field of its own, also if a name comes twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The operation; default `{ whoami }`. */
  readonly query?: string;
  /** Beside the operation in the body. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** In the place of the JSON that `query` and `more` make. */
  readonly body?: string;
};

export type Answer = {
  readonly status: number;
  /** The fields of `WWW-Authenticate`, each as it came. */
  readonly challenges: readonly string[];
  readonly retryAfter: string | undefined;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
  readonly body: unknown;
};

/** Sends a request by Node's own client, on a connection of its own. */
export function send(url: string, wire: Wire): Promise<Answer> {
  const { query = "{ whoami }", more, method = "POST" } = wire;
  const body = wire.body ?? JSON.stringify({ query, ...more });
  const { host } = new URL(url);
  const fields = [
    ["Host", host],
    ["Content-Type", wire.contentType ?? "application/json"],
    ...(method === "GET" ? [] : [["Content-Length", `${body.length}`]]),
    ...(wire.headers ?? []),
  ];
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(wire.path ?? "/graphql", url),
      { method, agent: false, headers: fields.flat() },
      (response) => void read(response).then(resolve, reject),
    );
    sent.once("error", reject);
    sent.end(method === "GET" ? undefined : body);
  });
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>)
    chunks.push(chunk);
  const { headers, headersDistinct } = response;
  return {
    status: response.statusCode ?? 0,
    challenges: headersDistinct["www-authenticate"] ?? [],
    retryAfter: headers["retry-after"],
    contentType: headers["content-type"],
    cacheControl: headers["cache-control"],
    body: parse(Buffer.concat(chunks).toString("utf8")),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function bearer(token: string): Wire {
  return { headers: [["Authorization", `Bearer ${token}`]] };
}

export function authorization(...values: readonly string[]): Wire {
  return {
    headers: values.map((value) => ["Authorization", value] as const),
  };
}

/** A token bound to a key, with proofs: one, none or several. */
export function bound(token: string, ...proofs: readonly string[]): Wire {
  return {
    headers: [
      ["Authorization", `DPoP ${token}`],
      ...proofs.map((proof) => ["DPoP", proof] as const),
    ],
  };
}
