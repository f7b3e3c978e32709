import { type Incoming, createPoster } from "./post.ts";

/** One operation sent to one contender by many callers. */
export type Target = {
  readonly url: string;
  readonly body: string;
  /** One bearer token for each caller. */
  readonly tokens: readonly string[];
  /** Requests under way at once, each on a connection of its own. */
  readonly connections: number;
};

/** Load ends at whichever comes first. */
export type Bounds = { readonly seconds: number; readonly requests: number };

export type Load = {
  readonly seconds: number;
  /** Milliseconds from sending to the last byte, in no order. */
  readonly latencies: readonly number[];
};

/** What is known of a right answer without reading it. */
export type Right = { readonly status: number; readonly bytes: number };

/** Sends the operation as the caller whose token it is; any status is an answer. */
export type Ask = (token: string | undefined) => Promise<Incoming>;

/** An answer that is not the one expected; the message says what is wrong about it. */
export class WrongAnswer extends Error {
  override readonly name = "WrongAnswer";
}

/**
 * Keeps every connection busy with one request after another, callers in turn.
 * @param right Each caller's right answer, to notice a wrong one while timing.
 * @throws WrongAnswer
 */
export function load(
  target: Target,
  right: readonly Right[],
  bounds: Bounds,
): Promise<Load> {
  return connected(target, async (ask) => {
    const latencies: number[] = [];
    const began = performance.now();
    const end = began + bounds.seconds * 1_000;
    let sent = 0;
    const worker = async () => {
      for (let now = began; now < end && sent < bounds.requests;) {
        const caller = sent++ % target.tokens.length;
        const { status, body } = await ask(target.tokens[caller]);
        const { [caller]: wanted } = right;
        if (status !== wanted?.status || body.length !== wanted.bytes)
          throw new WrongAnswer(`under load ${status}, ${body.toString()}`);
        const after = performance.now();
        latencies.push(after - now);
        now = after;
      }
    };
    await Promise.all(Array.from({ length: target.connections }, worker));
    return { seconds: (performance.now() - began) / 1_000, latencies };
  });
}

/** Opens connections to a contender for as long as they are used. */
export async function connected<T>(
  { url, body, connections }: Omit<Target, "tokens">,
  use: (ask: Ask) => Promise<T>,
): Promise<T> {
  const poster = createPoster(url, connections);
  const ask: Ask = (token) =>
    new Promise((resolve, reject) => {
      const authorization = `Bearer ${token}`;
      poster.post({ authorization, body }, resolve, reject);
    });
  try {
    return await use(ask);
  } finally {
    // Left idle, they would be closed by the contender while they are taken up again.
    await poster.close();
  }
}
