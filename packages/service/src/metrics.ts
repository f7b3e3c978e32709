/** What one metric says at the moment. */
export type Metric = {
  /** With its unit, and `_total` where it only counts up, as Prometheus has it. */
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** What those of several processes come to. */
  readonly aggregator: "sum" | "average" | "min" | "max" | "first";
  readonly values: readonly Sample[];
};

/** Labels are of closed sets: never what a client chose, never about a person. */
export type Sample = {
  readonly labels: Labels;
  readonly value: number;
  /** Where it is not the metric's own: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
};

export type Labels = Readonly<Record<string, string | number>>;

/** All that one process measures. */
export type Snapshot = readonly Metric[];

export function counter(
  name: string,
  help: string,
  values: readonly Sample[],
): Metric {
  return { name, help, type: "counter", aggregator: "sum", values };
}

/** Those of several processes are added up, unless told otherwise. */
export function gauge(
  name: string,
  help: string,
  values: readonly Sample[],
): Metric {
  return { name, help, type: "gauge", aggregator: "sum", values };
}

export function histogram(
  name: string,
  help: string,
  series: readonly (readonly [Labels, Durations])[],
): Metric {
  const values = series.flatMap(([labels, durations]) =>
    durations.samples(name, labels),
  );
  return { name, help, type: "histogram", aggregator: "sum", values };
}

/** One number, or one for each value of a label. */
export function sample(value: number, labels: Labels = {}): Sample {
  return { labels, value };
}

/** A number for each word of a closed set, from 0. */
export type Counts<Word extends string> = Record<Word, number>;

export function createCounts<Word extends string>(
  words: readonly Word[],
): Counts<Word> {
  return Object.fromEntries(words.map((word) => [word, 0])) as Counts<Word>;
}

export function samplesOf(
  counts: Counts<string>,
  label: string,
  labels: Labels = {},
): readonly Sample[] {
  return Object.entries(counts).map(([word, count]) =>
    sample(count, { ...labels, [label]: word }),
  );
}

export type Durations = {
  observe(ms: number): void;
  /** In seconds, under the histogram's name. */
  samples(name: string, labels: Labels): readonly Sample[];
};

const boundsMs = [
  0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
  30_000,
] as const;

/**
 * Durations counted by size, from half a millisecond to half a minute. An array of its
 * own: an observation takes some nanoseconds, one of prom-client's some hundred.
 */
export function createDurations(): Durations {
  const counts = new Float64Array(boundsMs.length + 1);
  // A plain number would be put into a new object by each addition.
  const sumMs = new Float64Array(1);
  return {
    observe(ms) {
      let at = 0;
      while (at < boundsMs.length && ms > (boundsMs[at] ?? 0)) at += 1;
      counts[at] = (counts[at] ?? 0) + 1;
      sumMs[0] = (sumMs[0] ?? 0) + ms;
    },
    samples(name, labels) {
      let count = 0;
      const buckets = Array.from(counts, (here, at): Sample => {
        const bound = boundsMs[at];
        const le = bound === undefined ? "+Inf" : bound / 1_000;
        count += here;
        return {
          metricName: `${name}_bucket`,
          ...sample(count, { ...labels, le }),
        };
      });
      const sum = (sumMs[0] ?? 0) / 1_000;
      return [
        ...buckets,
        { metricName: `${name}_sum`, ...sample(sum, labels) },
        { metricName: `${name}_count`, ...sample(count, labels) },
      ];
    },
  };
}
