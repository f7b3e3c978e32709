import cluster from "node:cluster";
import type { Logger } from "./log.ts";
import type { Snapshot } from "./metrics.ts";
import type { MetricsAddress } from "./metrics-listener.ts";

export type ExposeOptions = {
  /** Left out, nothing is exposed. */
  readonly address: MetricsAddress | undefined;
  readonly read: () => Snapshot;
  readonly logger: Logger;
  /** This process does nothing but watch over workers: it tells what they measure. */
  readonly watchesWorkers?: boolean;
};

export type Exposed = {
  /** Where it listens, if it does. */
  readonly url: string | undefined;
  readonly close: () => Promise<void>;
};

/**
 * Lets others read what this process measures by `GET /metrics` at an address of its
 * own: in the Prometheus text format, or OpenMetrics for who accepts it. A worker
 * listens nowhere and tells the process that started it.
 * @throws ConfigError naming METRICS_PORT or METRICS_HOST when the address cannot be had.
 */
export async function exposeMetrics(options: ExposeOptions): Promise<Exposed> {
  const { address, read, logger, watchesWorkers = false } = options;
  if (!address) return { url: undefined, close: () => Promise.resolve() };
  // Takes a few dozen milliseconds to load, which only who asks for metrics pays.
  const [{ listenForMetrics }, { watchProcess }, workers] = await Promise.all([
    import("./metrics-listener.ts"),
    import("./metrics-text.ts"),
    import("./metrics-workers.ts"),
  ]);
  if (watchesWorkers) {
    const gathered = workers.gatherFromWorkers();
    const all = async () => [read(), ...(await gathered.read())];
    const listener = await listenForMetrics(address, all, logger);
    return {
      url: listener.url,
      async close() {
        await listener.close();
        gathered.close();
      },
    };
  }
  const watched = watchProcess();
  const own = async () => [...read(), ...(await watched())];
  if (!cluster.isWorker)
    return listenForMetrics(address, async () => [await own()], logger);
  const stop = workers.tellPrimary(own, logger);
  return { url: undefined, close: () => Promise.resolve(stop()) };
}
