import {
  BrokenCircuitError,
  BulkheadRejectedError,
  CircuitState,
  ConsecutiveBreaker,
  bulkhead,
  circuitBreaker,
  handleWhen,
  wrap,
} from "cockatiel";
import { type Dispatcher, Pool } from "undici";

/** One POST to a subgraph. */
export type Outgoing = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A query: it may be sent again, and shared with whoever sends the very same. */
  readonly isRead: boolean;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
};

export type Incoming = { readonly status: number; readonly text: string };

export type SubgraphClient = {
  /** @throws SubgraphFault saying in a fixed sentence why there is no answer. */
  post(outgoing: Outgoing): Promise<Incoming>;
  close(): Promise<void>;
};

export type SubgraphClientOptions = {
  readonly url: string;
  /** Longest time a request may take. Default 30 s. */
  readonly timeoutMs?: number;
  /** Default 20 MiB. */
  readonly maximumBytes?: number;
  /** Requests at once; one connection each. Default 128. */
  readonly concurrency?: number;
  /** Requests that wait for one of these. Default 1,024. */
  readonly queue?: number;
  /** Outages in a row after which nothing is sent for a while. Default 10. */
  readonly failures?: number;
  /** For how long, until one request tries again. Default 1 s. */
  readonly pauseMs?: number;
};

/** Why a subgraph gave no answer. */
export class SubgraphFault extends Error {
  override readonly name = "SubgraphFault";
  /** It cannot be reached, or does not answer in time. */
  readonly isOutage: boolean;
  /** It broke before an answer began. */
  readonly isRepeatable: boolean;

  constructor(
    message: string,
    about: {
      readonly isOutage?: boolean;
      readonly isRepeatable?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    const { isOutage = false, isRepeatable = false, cause } = about;
    super(message, { cause });
    this.isOutage = isOutage;
    this.isRepeatable = isRepeatable;
  }
}

/**
 * The connections to one subgraph, kept alive. At most so many requests are under way
 * and so many wait; a read whose connection broke is sent once more; a subgraph that
 * fails over and over is left alone for a moment, then tried with one request.
 * Identical reads of the same caller share one request.
 */
export function createSubgraphClient(
  options: SubgraphClientOptions,
): SubgraphClient {
  const { concurrency = 128, queue = 1_024, timeoutMs = 30_000 } = options;
  const { origin, pathname, search } = new URL(options.url);
  const pool = new Pool(origin, {
    connections: concurrency,
    // One clock for the whole request instead, which also runs while it waits here.
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: timeoutMs,
  });
  const send = sender(pool, {
    path: pathname + search,
    maximumBytes: options.maximumBytes ?? 20 * 1_048_576,
  });
  const breaker = circuitBreaker(handleWhen(hasFailed), {
    breaker: new ConsecutiveBreaker(options.failures ?? 10),
    halfOpenAfter: options.pauseMs ?? 1_000,
  });
  // Of the one that tries, whoever leaves early has not seen it answer.
  function hasFailed(error: unknown): boolean {
    return isOutage(error) || breaker.state === CircuitState.HalfOpen;
  }
  const guarded = wrap(breaker, bulkhead(concurrency, queue));
  const attempt = async (outgoing: Outgoing) => {
    const until = Date.now() + timeoutMs;
    // Whoever waited for the one that tries would stand in no queue.
    if (breaker.state === CircuitState.HalfOpen) throw leftAlone();
    return guarded
      .execute(() => sendTwice(send, { ...outgoing, until }))
      .catch(explain);
  };
  const share = createSharing(attempt);
  return {
    async post(outgoing) {
      if (outgoing.signal.aborted) throw abandoned();
      if (outgoing.isRead) return share.read(outgoing);
      // Whoever reads after a change sees it: it joins no read from before.
      share.forget();
      return attempt(outgoing).finally(share.forget);
    },
    close: () => pool.destroy(),
  };
}

export type SubgraphClients = {
  to(url: string): SubgraphClient;
  close(): Promise<void>;
};

/** One client for each address. They outlive an update of the supergraph, and so do their connections. */
export function createSubgraphClients(timeoutMs?: number): SubgraphClients {
  const clients = new Map<string, SubgraphClient>();
  return {
    to(url) {
      const client =
        clients.get(url) ??
        createSubgraphClient({
          url,
          ...(timeoutMs !== undefined && { timeoutMs }),
        });
      clients.set(url, client);
      return client;
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

type Send<Sent = Outgoing> = (outgoing: Sent) => Promise<Incoming>;

/** Its clock runs from when it came, also while it waits for its turn. */
type Timed = Outgoing & { readonly until: number };

function sender(
  pool: Pool,
  limits: {
    readonly path: string;
    readonly maximumBytes: number;
  },
): Send<Timed> {
  const { path, maximumBytes } = limits;
  return ({ headers, body, signal, until }) =>
    new Promise((resolve, reject) => {
      // It may have waited here for its turn.
      if (signal.aborted) return reject(abandoned());
      const leftMs = until - Date.now();
      if (leftMs <= 0) return reject(late());
      const chunks: Buffer[] = [];
      let size = 0;
      let status = 0;
      let ended: SubgraphFault | undefined;
      let controller: Dispatcher.DispatchController | undefined;
      const end = (fault: SubgraphFault) => {
        ended ??= fault;
        controller?.abort(ended);
        settle(() => reject(fault));
      };
      const timer = setTimeout(() => end(late()), leftMs);
      const abandon = () => end(abandoned());
      const settle = (how: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abandon);
        how();
      };
      signal.addEventListener("abort", abandon, { once: true });
      pool.dispatch(
        { path, method: "POST", headers, body },
        {
          onRequestStart(begun) {
            controller = begun;
            if (ended) begun.abort(ended);
          },
          onResponseStart(_controller, statusCode) {
            status = statusCode;
          },
          onResponseData(_controller, chunk) {
            size += chunk.length;
            chunks.push(chunk);
            if (size > maximumBytes)
              end(new SubgraphFault("its answer is too large"));
          },
          onResponseEnd() {
            const text = textOf(chunks);
            settle(() => resolve({ status, text }));
          },
          onResponseError(_controller, error) {
            settle(() => reject(ended ?? faultOf(error, status > 0)));
          },
        },
      );
    });
}

function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  const whole = chunks.length === 1 && only ? only : Buffer.concat(chunks);
  return whole.toString("utf8");
}

function abandoned(): SubgraphFault {
  return new SubgraphFault("nobody waits for it");
}

function leftAlone(cause?: unknown): SubgraphFault {
  return new SubgraphFault("it failed too often and is left alone", { cause });
}

function late(): SubgraphFault {
  return new SubgraphFault("it does not answer in time", { isOutage: true });
}

async function sendTwice(
  send: Send<Timed>,
  outgoing: Timed,
): Promise<Incoming> {
  try {
    return await send(outgoing);
  } catch (error) {
    const again =
      outgoing.isRead && error instanceof SubgraphFault && error.isRepeatable;
    if (!again || outgoing.signal.aborted) throw error;
    return send(outgoing);
  }
}

function faultOf(cause: Error, hasBegun: boolean): SubgraphFault {
  return new SubgraphFault("it cannot be reached", {
    isOutage: true,
    isRepeatable: !hasBegun,
    cause,
  });
}

function isOutage(error: unknown): boolean {
  return error instanceof SubgraphFault && error.isOutage;
}

function explain(error: unknown): never {
  if (error instanceof BrokenCircuitError) throw leftAlone(error);
  if (error instanceof BulkheadRejectedError)
    throw new SubgraphFault("too many requests wait for it", { cause: error });
  throw error;
}

type Flight = {
  readonly answer: Promise<Incoming>;
  readonly abandon: () => void;
  waiting: number;
};

/** Lets identical requests under way share an answer, until the last who waits is gone. */
function createSharing(attempt: Send) {
  const flights = new Map<string, Flight>();

  function begin(key: string, outgoing: Outgoing): Flight {
    const abandonment = new AbortController();
    const { signal } = abandonment;
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const flight: Flight = {
      answer: attempt({ ...outgoing, signal }).finally(land),
      // Nobody may still join what is being given up.
      abandon() {
        land();
        abandonment.abort();
      },
      waiting: 0,
    };
    flights.set(key, flight);
    return flight;
  }

  const read: Send = async (outgoing) => {
    const key = keyOf(outgoing);
    const flight = flights.get(key) ?? begin(key, outgoing);
    flight.waiting += 1;
    const leave = () => {
      flight.waiting -= 1;
      if (flight.waiting === 0) flight.abandon();
    };
    outgoing.signal.addEventListener("abort", leave, { once: true });
    try {
      return await flight.answer;
    } finally {
      outgoing.signal.removeEventListener("abort", leave);
    }
  };
  return { read, forget: () => flights.clear() };
}

/** Whose it is, in which language, and what is asked; not the id of the request. */
function keyOf({ headers, body }: Outgoing): string {
  return `${headers["authorization"]}\n${headers["accept-language"]}\n${body}`;
}
