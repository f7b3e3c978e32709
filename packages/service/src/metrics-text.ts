import {
  AggregatorRegistry,
  Registry,
  collectDefaultMetrics,
} from "prom-client";
import type { Metric, Snapshot } from "./metrics.ts";

export const contentTypes = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openMetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;

/** In the Prometheus text format 0.0.4, or OpenMetrics 1.0. */
export async function textOf(
  snapshots: readonly Snapshot[],
  format: keyof typeof contentTypes,
): Promise<string> {
  const isOpen = format === "openMetrics";
  const registry = aggregate(isOpen ? snapshots.map(unsuffixed) : snapshots);
  registry.setContentType(contentTypes[format]);
  return registry.metrics();
}

/** What several snapshots come to, as one. */
export function total(snapshots: readonly Snapshot[]): Snapshot {
  return aggregate(snapshots).getMetricsAsArray() as unknown as Snapshot;
}

/** Begins to watch this process: processor, memory, event loop, garbage collection. */
export function watchProcess(): () => Promise<Snapshot> {
  const register = new Registry();
  collectDefaultMetrics({ register });
  return async () => {
    // prom-client's types call the type of a metric a number; it is a word.
    const metrics =
      (await register.getMetricsAsJSON()) as unknown as readonly DefaultMetric[];
    return metrics.map(({ aggregator, ...metric }) => ({
      ...metric,
      // Else left out, also where there is one process only.
      aggregator: aggregator === "omit" ? "min" : aggregator,
    }));
  };
}

type DefaultMetric = Omit<Metric, "aggregator"> & {
  readonly aggregator: Metric["aggregator"] | "omit";
};

type AnyContentType = (typeof contentTypes)[keyof typeof contentTypes];

function aggregate(snapshots: readonly Snapshot[]): Registry<AnyContentType> {
  return AggregatorRegistry.aggregate(
    snapshots.map((snapshot) => snapshot.map(finite)),
  );
}

/** A mean of nothing is no number, and null once it came from another process. */
function finite(metric: Metric): Metric {
  const values = metric.values.filter(({ value }) => Number.isFinite(value));
  return { ...metric, values };
}

/** In OpenMetrics `_total` belongs to the sample, and is added to it. */
function unsuffixed(snapshot: Snapshot): Snapshot {
  return snapshot.map((metric) =>
    metric.type === "counter"
      ? { ...metric, name: metric.name.replace(/_total$/, "") }
      : metric,
  );
}
