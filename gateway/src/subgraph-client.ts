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
import { Pool } from "undici";
import { SubgraphFault, abandoned, isOutage } from "./subgraph-fault.ts";
import type { BreakerState } from "./subgraph-metrics.ts";
import {
  type Abandonment,
  type Incoming,
  type Send,
  type Sending,
  createSend,
} from "./subgraph-send.ts";

export { SubgraphFault } from "./subgraph-fault.ts";
export type { Incoming } from "./subgraph-send.ts";

/** One POST to a subgraph. */
export type Outgoing = Pick<Sending, "headers" | "body"> & {
  /** A query: it may be sent again, and shared with whoever sends the very same. */
  readonly isRead: boolean;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
};

export type SubgraphClient = {
  /** @throws SubgraphFault saying why there is no answer. */
  post(outgoing: Outgoing): Promise<Incoming>;
  readonly breaker: () => BreakerState;
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
  const send = createSend(pool, {
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
  const attempt: Attempt = async ({ headers, body, isRead }, abandonment) => {
    const until = Date.now() + timeoutMs;
    // Whoever waited for the one that tries would stand in no queue.
    if (breaker.state === CircuitState.HalfOpen) throw leftAlone();
    const sending = { headers, body, abandonment, until };
    try {
      return await guarded.execute(() =>
        isRead ? sendTwice(send, sending) : send(sending),
      );
    } catch (error) {
      throw explained(error);
    }
  };
  const flights = createFlights(attempt);
  return {
    async post(outgoing) {
      if (outgoing.signal.aborted) throw abandoned();
      if (outgoing.isRead) return flights.read(outgoing);
      // Whoever reads after a change sees it: it joins no read from before.
      flights.forget();
      return flights.write(outgoing).finally(flights.forget);
    },
    breaker: () => breakerStates[breaker.state],
    close: () => pool.destroy(),
  };
}

const breakerStates = {
  [CircuitState.Closed]: "closed",
  [CircuitState.HalfOpen]: "half-open",
  [CircuitState.Open]: "open",
  [CircuitState.Isolated]: "open",
} as const;

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

function leftAlone(cause?: unknown): SubgraphFault {
  return new SubgraphFault("it failed too often and is left alone", {
    outcome: "left-alone",
    cause,
  });
}

async function sendTwice(send: Send, sending: Sending): Promise<Incoming> {
  try {
    return await send(sending);
  } catch (error) {
    const again = error instanceof SubgraphFault && error.isRepeatable;
    if (!again || sending.abandonment.isDone) throw error;
    return send(sending);
  }
}

function explained(error: unknown): unknown {
  if (error instanceof BrokenCircuitError) return leftAlone(error);
  if (error instanceof BulkheadRejectedError)
    return new SubgraphFault("too many requests wait for it", {
      outcome: "queue-full",
      cause: error,
    });
  return error;
}

type Attempt = (
  outgoing: Outgoing,
  abandonment: Abandonment,
) => Promise<Incoming>;

type Flight = {
  readonly answer: Promise<Incoming>;
  readonly abandonment: Abandonment;
  waiting: number;
};

/** Lets identical reads under way share an answer, until the last who waits is gone. */
function createFlights(attempt: Attempt) {
  // By caller first: that word is the same text for as long as the token is.
  const shared = new Map<string, Map<string, Flight>>();

  function begin(outgoing: Outgoing): Flight {
    const abandonment: Abandonment = { isDone: false, listener: undefined };
    const answer = attempt(outgoing, abandonment);
    return { answer, abandonment, waiting: 0 };
  }

  function share(outgoing: Outgoing): Flight {
    const { headers, body } = outgoing;
    const caller = headers["authorization"] ?? "";
    const question = `${headers["accept-language"] ?? ""}\n${body}`;
    const own = shared.get(caller) ?? new Map<string, Flight>();
    const known = own.get(question);
    // Nobody may join what is being given up.
    if (known && !known.abandonment.isDone) return known;
    const flight = begin(outgoing);
    shared.set(caller, own.set(question, flight));
    const land = () => {
      if (own.get(question) === flight) own.delete(question);
      if (own.size === 0 && shared.get(caller) === own) shared.delete(caller);
    };
    flight.answer.then(land, land);
    return flight;
  }

  return {
    read: (outgoing: Outgoing) => waitFor(share(outgoing), outgoing.signal),
    write: (outgoing: Outgoing) => waitFor(begin(outgoing), outgoing.signal),
    forget: () => shared.clear(),
  };
}

async function waitFor(flight: Flight, signal: AbortSignal): Promise<Incoming> {
  flight.waiting += 1;
  const leave = () => {
    flight.waiting -= 1;
    if (flight.waiting > 0) return;
    flight.abandonment.isDone = true;
    flight.abandonment.listener?.();
  };
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await flight.answer;
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
