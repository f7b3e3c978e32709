import { availableParallelism } from "node:os";
import type { Timings } from "./interleave.ts";
import type { Sample } from "./measure.ts";
import type { BenchPostgres } from "./postgres.ts";
import { quiet } from "./table.ts";
import { cpuMs, machineMs } from "./usage.ts";

/** What is done over and over, and by which process. */
export type Contestant = {
  readonly name: string;
  /** Whose CPU time is counted. */
  readonly pid: number;
  /** How many do it at once. */
  readonly workers: number;
  /** Rejects unless all is right. */
  readonly work: (worker: number) => Promise<void>;
  /** After each turn. */
  readonly rest?: () => void;
};

export type Contest = {
  readonly contestants: readonly Contestant[];
  readonly postgres: BenchPostgres;
  readonly rounds: number;
};

/** Microseconds of CPU each time: one figure for each round that was kept. */
export type Outcome = {
  readonly own: Timings;
  readonly postgres: Timings;
  /** No round was quiet, so all were kept. */
  readonly noisy: boolean;
};

/** Milliseconds of CPU each time; `foreign` as in the other suites. */
type Cost = Pick<Sample, "cpu" | "foreign"> & { readonly postgres?: number };

const turnMs = 1_500;

/** In turn, A B C, C B A, as `interleave`: the first round warms up and is not kept. */
export async function runContest(contest: Contest): Promise<Outcome> {
  const { contestants } = contest;
  const rounds: ReadonlyMap<string, Cost>[] = [];
  for (let n = 0; n <= contest.rounds; n += 1) {
    const round = new Map<string, Cost>();
    for (const one of n % 2 === 0 ? contestants : contestants.toReversed())
      round.set(one.name, await takeTurn(one, contest));
    if (n > 0) rounds.push(round);
  }
  const kept = quiet(rounds);
  const each = (pick: (cost: Cost) => number): Timings =>
    Object.fromEntries(
      contestants.map(({ name }) => [
        name,
        kept.rounds.flatMap((round) => {
          const cost = round.get(name);
          return cost ? [pick(cost) * 1_000] : [];
        }),
      ]),
    );
  return {
    own: each(({ cpu }) => cpu),
    postgres: each(({ postgres = 0 }) => postgres),
    noisy: kept.noisy,
  };
}

async function takeTurn(one: Contestant, contest: Contest): Promise<Cost> {
  const before = readMeters(one, contest);
  const { count, elapsedMs } = await repeat(one);
  const after = readMeters(one, contest);
  one.rest?.();
  const foreignMs = after.foreign - before.foreign;
  return {
    cpu: (after.own - before.own) / count,
    postgres: (after.postgres - before.postgres) / count,
    foreign: foreignMs / elapsedMs / availableParallelism(),
  };
}

async function repeat({ workers, work }: Contestant) {
  const began = performance.now();
  let count = 0;
  const worker = async (_: unknown, n: number) => {
    for (; performance.now() < began + turnMs; count += 1) await work(n);
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return { count, elapsedMs: performance.now() - began };
}

function readMeters({ pid }: Contestant, contest: Contest) {
  const pids = new Set(contest.contestants.map((one) => one.pid));
  const postgres = contest.postgres.cpuMs();
  // The bench itself is one of the contestants' processes.
  const known = [...pids].map(cpuMs).reduce((sum, ms) => sum + ms, postgres);
  return { own: cpuMs(pid), postgres, foreign: machineMs() - known };
}
