import { median } from "./table.ts";

/** What is timed; called over and over. */
export type Contestants = Readonly<Record<string, () => unknown>>;

/** Microseconds of CPU per call: one figure for each round. */
export type Timings = Readonly<Record<string, readonly number[]>>;

export type InterleaveOptions = {
  readonly rounds: number;
  /** Time each contestant gets in each round. */
  readonly milliseconds: number;
};

/**
 * Times functions in one process, in turn: A B C, C B A, A B C … so that what slows
 * the machine slows them alike. The first round warms up and is not kept.
 */
export async function interleave(
  contestants: Contestants,
  { rounds, milliseconds }: InterleaveOptions,
): Promise<Timings> {
  const names = Object.keys(contestants);
  const timings = Object.fromEntries(
    names.map((name) => [name, [] as number[]]),
  );
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) {
      const cost = await timed(
        contestants[name] ?? (() => undefined),
        milliseconds,
      );
      if (round > 0) timings[name]?.push(cost);
    }
  }
  return timings;
}

/** Median of the ratios, round by round, with the least and the greatest. */
export function ratio(
  timings: Timings,
  name: string,
  baseline: string,
): string {
  const divisors = timings[baseline] ?? [];
  const ratios = (timings[name] ?? []).map(
    (cost, round) => cost / (divisors[round] ?? NaN),
  );
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return `${median(ratios).toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

async function timed(
  call: () => unknown,
  milliseconds: number,
): Promise<number> {
  const start = process.cpuUsage();
  const end = performance.now() + milliseconds;
  let calls = 0;
  while (performance.now() < end) {
    const value = call();
    if (value instanceof Promise) await value;
    calls += 1;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}
