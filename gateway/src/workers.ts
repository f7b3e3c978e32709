import cluster, { type Worker } from "node:cluster";
import {
  ConfigError,
  type Logger,
  type MetricsAddress,
  type Running,
  type Snapshot,
  counter,
  exposeMetrics,
  gauge,
  sample,
} from "@hr/service";

const longestPauseMs = 8_000;
const firstPauseMs = 500;

/**
 * So many processes of this program on one port, since one fills one core. They share
 * the files of keys, snapshots and the supergraph, which each follows by itself; caches
 * are their own. One that ends is replaced, after longer pauses while that goes on.
 * What they measure can be asked for here, if there is an address for it.
 * @throws ConfigError when one does not start; it has said why by then.
 */
export async function startWorkers(
  count: number,
  logger: Logger,
  address?: MetricsAddress,
): Promise<Running> {
  const state = { isClosing: false, pauseMs: firstPauseMs, ended: 0 };
  const read = () => workerMetrics(state.ended);
  const metrics = await exposeMetrics({
    ...{ address, read, logger, watchesWorkers: true },
  });
  const close = async () => {
    state.isClosing = true;
    await endAll();
    await metrics.close();
  };
  const starting = Array.from({ length: count }, () => startWorker(logger));
  const url = await Promise.all(starting).then(
    ([first]) => first ?? "",
    async (error: unknown) => {
      await close();
      throw error;
    },
  );
  cluster.on("exit", (worker, code, signal) => {
    if (state.isClosing) return;
    const { pauseMs } = state;
    state.ended += 1;
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
  return { url, close };
}

function workerMetrics(ended: number): Snapshot {
  return [
    gauge("hr_gateway_workers", "Worker processes that are alive.", [
      sample(living().length),
    ]),
    counter(
      "hr_gateway_worker_ends_total",
      "Worker processes that ended without being told to.",
      [sample(ended)],
    ),
  ];
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
  await Promise.all(
    living().map(async (worker) => {
      const gone = new Promise((resolve) => worker.once("exit", resolve));
      worker.process.kill("SIGTERM");
      await gone;
    }),
  );
}

function living(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter(
    (worker): worker is Worker => worker !== undefined,
  );
}
