import { Agent, request } from "node:http";
import { text as readText } from "node:stream/consumers";

/** One operation sent to one contender by many callers. */
export type Target = {
  readonly url: string;
  readonly body: string;
  /** One bearer token for each caller. */
  readonly tokens: readonly string[];
};

/** Load ends at whichever comes first. */
export type Bounds = { readonly seconds: number; readonly requests: number };

export type Load = {
  readonly seconds: number;
  /** Milliseconds from sending to the last byte, in no order. */
  readonly latencies: readonly number[];
};

export type Answer = { readonly status: number; readonly text: string };

export const connections = 16;

const agent = new Agent({ keepAlive: true, maxSockets: connections });

/**
 * Keeps every connection busy with one request after another, callers in turn.
 * @param sizes Length of each caller's right answer, to notice a wrong one while timing.
 */
export async function load(
  target: Target,
  sizes: readonly number[],
  bounds: Bounds,
): Promise<Load> {
  const latencies: number[] = [];
  const began = performance.now();
  const end = began + bounds.seconds * 1_000;
  let sent = 0;
  const worker = async () => {
    for (let now = began; now < end && sent < bounds.requests;) {
      const caller = sent++ % target.tokens.length;
      const { status, text } = await ask(target, target.tokens[caller]);
      if (status !== 200 || text.length !== sizes[caller])
        throw new Error(`A different answer under load: ${status} ${text}`);
      const after = performance.now();
      latencies.push(after - now);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - began) / 1_000;
  // Left idle, they would be closed by the contender while they are taken up again.
  agent.destroy();
  return { seconds, latencies };
}

/** One request of the caller whose token it is; any status is an answer. */
export function ask(target: Target, token = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(target.body),
      authorization: `Bearer ${token}`,
    };
    const outgoing = request(
      target.url,
      { method: "POST", agent, headers },
      (response) => {
        readText(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, text }),
          reject,
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(target.body);
  });
}
