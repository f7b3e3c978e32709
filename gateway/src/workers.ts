import cluster, { type Worker } from "node:cluster";
import { ConfigError, type Logger, type Running } from "@hr/service";

const longestPauseMs = 8_000;
const firstPauseMs = 500;

/**
 * So many processes of this program on one port, since one fills one core. They share
 * the files of keys, snapshots and the supergraph, which each follows by itself; caches
 * are their own. One that ends is replaced, after longer pauses while that goes on.
 * @throws ConfigError when one does not start; it has said why by then.
 */
export async function startWorkers(
  count: number,
  logger: Logger,
): Promise<Running> {
  const state = { isClosing: false, pauseMs: firstPauseMs };
  const starting = Array.from({ length: count }, () => startWorker(logger));
  const url = await Promise.all(starting).then(
    ([first]) => first ?? "",
    async (error: unknown) => {
      state.isClosing = true;
      await endAll();
      throw error;
    },
  );
  cluster.on("exit", (worker, code, signal) => {
    if (state.isClosing) return;
    const { pauseMs } = state;
    logger.error(
      { worker: worker.process.pid, code, signal, pauseMs },
      "worker ended; another is started",
    );
    state.pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    setTimeout(() => {
      if (state.isClosing) return;
      startWorker(logger).then(
        () => (state.pauseMs = firstPauseMs),
        () => undefined,
      );
    }, pauseMs);
  });
  return {
    url,
    async close() {
      state.isClosing = true;
      await endAll();
    },
  };
}

/** @returns where it listens */
function startWorker(logger: Logger): Promise<string> {
  const worker = cluster.fork();
  return new Promise((resolve, reject) => {
    worker.once("listening", ({ address, port }) => {
      logger.info({ worker: worker.process.pid }, "worker started");
      resolve(`http://${address}:${port}`);
    });
    worker.once("exit", () =>
      reject(new ConfigError("One of its workers did not start.")),
    );
  });
}

/** As a signal to each would: open requests are answered first. */
async function endAll(): Promise<void> {
  const workers = Object.values(cluster.workers ?? {}).filter(
    (worker): worker is Worker => worker !== undefined,
  );
  await Promise.all(
    workers.map(async (worker) => {
      const gone = new Promise((resolve) => worker.once("exit", resolve));
      worker.process.kill("SIGTERM");
      await gone;
    }),
  );
}
