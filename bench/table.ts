import type { Sample } from "./measure.ts";
import type { Round } from "./rounds.ts";
import type { Suite } from "./suites.ts";

type Samples = ReadonlyMap<string, Sample>;

/** Above this share of foreign load a round is thrown away. */
const foreignLimit = 0.05;

/** One Markdown table: medians over the quiet rounds, ratios taken round by round. */
export function table(suite: Suite, rounds: readonly Round[]): string {
  const headings = [
    "operation",
    "contender",
    "CPU ms/request (spread)",
    ...suite.baselines.map((name) => `× ${name} (spread)`),
    "requests/s",
    "p50 ms",
    "p99 ms",
    "busy",
    "MB",
    "fetches",
    "rounds",
  ];
  const lines = suite.operations.flatMap(({ name }) => {
    const kept = quiet(rounds.flatMap((round) => round.get(name) ?? []));
    const count = `${kept.rounds.length}/${rounds.length}${kept.noisy ? " noisy" : ""}`;
    return suite.contenders.map((contender) => [
      name,
      contender.name,
      ...figures(contender.name, suite.baselines, kept.rounds),
      count,
    ]);
  });
  const ruler = headings.map((_, n) => (n < 2 ? "---" : "--:"));
  return [headings, ruler, ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = low] = sorted.slice(Math.ceil(middle) - 1);
  return Number.isInteger(middle) ? (low + high) / 2 : low;
}

/** The rounds in which all contenders had the machine to themselves; all, marked, when there is none. */
export function quiet<One extends { readonly foreign: number }>(
  rounds: readonly ReadonlyMap<string, One>[],
): {
  readonly rounds: readonly ReadonlyMap<string, One>[];
  readonly noisy: boolean;
} {
  const kept = rounds.filter((samples) =>
    [...samples.values()].every(({ foreign }) => foreign <= foreignLimit),
  );
  return kept.length > 0
    ? { rounds: kept, noisy: false }
    : { rounds, noisy: true };
}

function figures(
  name: string,
  baselines: readonly string[],
  rounds: readonly Samples[],
): readonly string[] {
  const of = (pick: (sample: Sample) => number) =>
    rounds.flatMap((samples) => {
      const sample = samples.get(name);
      return sample ? [pick(sample)] : [];
    });
  const ratios = (baseline: string) =>
    rounds.flatMap((samples) => {
      const [own, other] = [samples.get(name), samples.get(baseline)];
      return own && other ? [own.cpu / other.cpu] : [];
    });
  return [
    spread(of(({ cpu }) => cpu)),
    ...baselines.map((one) => (one === name ? "1" : spread(ratios(one)))),
    median(of(({ rate }) => rate)).toFixed(0),
    median(of(({ p50 }) => p50)).toFixed(1),
    median(of(({ p99 }) => p99)).toFixed(1),
    `${(median(of(({ busy }) => busy)) * 100).toFixed(0)} %`,
    median(of(({ residentMb }) => residentMb)).toFixed(0),
    median(of(({ fetches }) => fetches)).toFixed(1),
  ];
}

/** Median, least and greatest, to three digits. */
function spread(values: readonly number[]): string {
  if (values.length === 0) return "–";
  const [middle, least, greatest] = [
    median(values),
    Math.min(...values),
    Math.max(...values),
  ].map((value) => value.toPrecision(3));
  return `${middle} (${least}–${greatest})`;
}
