import type { RecordableHistogram } from "node:perf_hooks";
import { revocationBoundMs } from "./soak-callers.ts";
import { type Disturbances, keyBoundMs } from "./soak-disturbances.ts";
import { type Growth, flatBelow, growthOf } from "./soak-heap.ts";
import type { SoakSample } from "./soak-samples.ts";
import type { Counts, Tally } from "./soak-tally.ts";
import type { Bounds } from "./soak-timeline.ts";
import { markdown } from "./table.ts";

/** All that came of a run. */
export type Soaked = {
  readonly minutes: number;
  /** Requests a second. */
  readonly capacity: number;
  readonly rate: number;
  readonly tally: Tally;
  readonly disturbances: Disturbances;
  readonly samples: readonly SoakSample[];
  readonly bounds: Bounds;
  readonly mostWaiting: number;
  readonly unanswered: number;
  readonly tokens: number;
};

const megabyte = 1e6;

/** What need not have happened, a sentence each. */
export function faultsOf(soaked: Soaked): readonly string[] {
  const { tally, disturbances, unanswered } = soaked;
  const heap = heapGrowth(soaked);
  return [
    ...(tally.total.wrong > 0
      ? [`${tally.total.wrong} requests failed that need not fail`]
      : []),
    ...(unanswered > 0 ? [`${unanswered} requests were never answered`] : []),
    ...(heap.kind === "growing"
      ? [`the heap grows by ${percent(heap.share)} in the second half`]
      : []),
    ...(disturbances.counts.outage > 0 && tally.total.allowed === 0
      ? ["nobody missed the subgraph that was killed"]
      : []),
    ...disturbances.noted.faults,
  ];
}

/** Markdown. */
export function summaryOf(soaked: Soaked): string {
  const { minutes, capacity, rate, tally, samples } = soaked;
  const { right, allowed, wrong } = tally.total;
  const faults = faultsOf(soaked);
  return (
    [
      "# Soak",
      `${minutes} min at ${rate.toFixed(0)} requests/s, ${percent(rate / capacity)} of the ${capacity.toFixed(0)} measured before; ${soaked.tokens} access tokens; at most ${soaked.mostWaiting} requests under way.`,
      `**${faults.length === 0 ? "Nothing failed that need not fail." : `Failed: ${faults.join("; ")}.`}** ${right + allowed + wrong} answers: ${right} right, ${allowed} right but for the subgraph that was away, ${wrong} wrong.`,
      heapSentence(soaked),
      "## Disturbances",
      disturbanceTable(soaked),
      "## By minute",
      minuteTable(tally.minutes, samples),
      "## By question",
      questionTable(tally.byQuestion),
      ...(tally.failures.length > 0
        ? [
            "## The first failures",
            `\`\`\`\n${tally.failures.join("\n")}\n\`\`\``,
          ]
        : []),
    ].join("\n\n") + "\n"
  );
}

function heapGrowth({ samples }: Soaked): Growth {
  return growthOf(samples.map(({ at, heapUsed: value }) => ({ at, value })));
}

function heapSentence(soaked: Soaked): string {
  const heap = heapGrowth(soaked);
  if (heap.kind === "too-short")
    return "Heap: too few measurements to tell whether it grows.";
  return `Heap after collection: ${heap.kind}; a line through the second half rises by ${percent(heap.share)} (flat is below ${percent(flatBelow)}).`;
}

function disturbanceTable({ disturbances, tally, bounds }: Soaked): string {
  const { counts, noted } = disturbances;
  const seconds = (ms: number) => (ms / 1_000).toFixed(2);
  return markdown(
    ["what", "times", "in force after s, at most", "bound s"],
    [
      [
        "supergraph reloaded",
        String(counts.supergraph),
        seconds(tally.lateness.reload),
        seconds(bounds.reloadMs),
      ],
      [
        "internal key rotated",
        String(counts["internal key"]),
        seconds(noted.slowestKeyMs),
        seconds(keyBoundMs),
      ],
      [
        "leave killed and back",
        String(counts.outage),
        seconds(tally.lateness.recovery),
        seconds(bounds.recoveryMs),
      ],
      ["issuer's key rotated", String(counts["issuer's key"]), "–", "0"],
      [
        "five tokens revoked",
        String(counts.revocation),
        "–",
        seconds(revocationBoundMs),
      ],
    ],
  );
}

function minuteTable(
  minutes: readonly RecordableHistogram[],
  samples: readonly SoakSample[],
): string {
  const lines = minutes.map((latencies, minute) => {
    // One is about the time before it.
    const own = samples.filter(({ at }) => Math.ceil(at / 60) - 1 === minute);
    const ms = (percentile: number) =>
      (latencies.percentile(percentile) / 1_000).toFixed(1);
    const most = (of: (sample: SoakSample) => number) =>
      own.length === 0 ? NaN : Math.max(...own.map(of));
    return [
      String(minute + 1),
      String(latencies.count),
      ms(50),
      ms(99),
      (latencies.max / 1_000).toFixed(0),
      most(({ lagP99 }) => lagP99).toFixed(1),
      most(({ askerLagP99 }) => askerLagP99).toFixed(1),
      average(own.map(({ busy }) => busy)).toFixed(2),
      average(own.map(({ machine }) => machine)).toFixed(2),
      average(own.map(({ heapUsed }) => heapUsed / megabyte)).toFixed(1),
      most(({ rss }) => rss / megabyte).toFixed(0),
    ];
  });
  return markdown(
    [
      "minute",
      "requests",
      "p50 ms",
      "p99 ms",
      "longest ms",
      "gateway late p99 ms",
      "asker late p99 ms",
      "gateway, cores",
      "machine, cores",
      "heap MB",
      "resident MB",
    ],
    lines,
  );
}

function questionTable(byQuestion: ReadonlyMap<string, Counts>): string {
  return markdown(
    ["question", "right", "right but for leave", "wrong"],
    [...byQuestion].map(([name, { right, allowed, wrong }]) => [
      name,
      ...[right, allowed, wrong].map(String),
    ]),
  );
}

function average(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0) / values.length;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
