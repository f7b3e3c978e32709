import cluster from "node:cluster";
import { createLogger } from "./log.ts";
import { counter, gauge, sample } from "./metrics.ts";
import { exposeMetrics } from "./metrics-exposure.ts";

/** A program of two workers. Each counts the signals SIGUSR2 it gets, and says so. */
const logger = createLogger("workers");
let signals = 0;

await exposeMetrics({
  address: { host: "127.0.0.1", port: 0 },
  logger,
  watchesWorkers: cluster.isPrimary,
  read: () =>
    cluster.isPrimary
      ? []
      : [
          counter("signals_total", "Signals that came.", [sample(signals)]),
          gauge("alive", "Who tells.", [sample(1)]),
          {
            ...gauge("most", "At once.", [sample(signals)]),
            aggregator: "max",
          },
        ],
});
if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
} else {
  process.on("SIGUSR2", () => (signals += 1));
  logger.info({ worker: process.pid }, "worker ready");
}
