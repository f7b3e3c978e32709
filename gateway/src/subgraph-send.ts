import type { Dispatcher, Pool } from "undici";
import { SubgraphFault, abandoned, late } from "./subgraph-fault.ts";

/** One POST on its way. */
export type Sending = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly abandonment: Abandonment;
  /** Epoch milliseconds. Its clock runs from when it came, also while it waits for its turn. */
  readonly until: number;
};

/** Says that nobody waits any more. As an `AbortSignal`, for one listener. */
export type Abandonment = {
  isDone: boolean;
  listener: (() => void) | undefined;
};

export type Incoming = { readonly status: number; readonly text: string };

export type Send = (sending: Sending) => Promise<Incoming>;

/** Sends over connections that are kept, and reads the answer up to a size. */
export function createSend(
  pool: Pool,
  limits: { readonly path: string; readonly maximumBytes: number },
): Send {
  const { path, maximumBytes } = limits;
  return ({ headers, body, abandonment, until }) =>
    new Promise((resolve, reject) => {
      // It may have waited here for its turn.
      if (abandonment.isDone) return reject(abandoned());
      const leftMs = until - Date.now();
      if (leftMs <= 0) return reject(late());
      const chunks: Buffer[] = [];
      let size = 0;
      let status = 0;
      let ended: SubgraphFault | undefined;
      let controller: Dispatcher.DispatchController | undefined;
      const settle = () => {
        clearTimeout(timer);
        abandonment.listener = undefined;
      };
      const end = (fault: SubgraphFault) => {
        ended ??= fault;
        controller?.abort(ended);
        settle();
        reject(fault);
      };
      const timer = setTimeout(() => end(late()), leftMs);
      abandonment.listener = () => end(abandoned());
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
            if (size > maximumBytes) end(tooLarge());
          },
          onResponseEnd() {
            settle();
            resolve({ status, text: textOf(chunks) });
          },
          onResponseError(_controller, error) {
            settle();
            reject(ended ?? unreachable(error, status > 0));
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

function tooLarge(): SubgraphFault {
  return new SubgraphFault("its answer is too large", { outcome: "unusable" });
}

function unreachable(cause: Error, hasBegun: boolean): SubgraphFault {
  return new SubgraphFault("it cannot be reached", {
    outcome: "unreachable",
    isRepeatable: !hasBegun,
    cause,
  });
}
