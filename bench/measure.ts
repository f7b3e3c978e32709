import { isDeepStrictEqual } from "node:util";
import { type Bounds, type Target, ask, load } from "./load.ts";
import type { Operation } from "./operations.ts";
import type { Child } from "./start-child.ts";
import { cpuMs, machineMs, residentMb } from "./usage.ts";

/** One contender, one operation, one round. */
export type Sample = {
  /** CPU milliseconds of the contender's process per request, all threads. */
  readonly cpu: number;
  /** Requests per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Share of one core the contender kept busy. */
  readonly busy: number;
  readonly residentMb: number;
  /** Requests to subgraphs per request. */
  readonly fetches: number;
  /** Share of the machine used by anything but this measurement. */
  readonly foreign: number;
};

export type Measured = {
  readonly contender: Child;
  /** The subgraphs behind it. */
  readonly subgraphs: readonly Child[];
  readonly operation: Operation;
  readonly target: Target;
  /** Whether a forged token must be refused. */
  readonly provesTokens: boolean;
  readonly cores: number;
};

const settled = 0.05;
const sliceSeconds = 0.5;

/** Compares every caller's answer with the expected one, warms up, then measures. */
export async function measure(
  measured: Measured,
  bounds: Bounds,
): Promise<Sample> {
  const { contender, target } = measured;
  const sizes = await check(measured);
  await warmUp(target, sizes, bounds);
  const before = await readMeters(measured);
  const { seconds, latencies } = await load(target, sizes, bounds);
  const after = await readMeters(measured);
  const count = latencies.length;
  const sorted = latencies.toSorted((a, b) => a - b);
  const elapsedMs = seconds * 1_000;
  const contenderMs = after.contender - before.contender;
  const foreignMs = after.foreign - before.foreign;
  return {
    cpu: contenderMs / count,
    rate: count / seconds,
    p50: sorted[Math.floor(count * 0.5)] ?? NaN,
    p99: sorted[Math.floor(count * 0.99)] ?? NaN,
    busy: contenderMs / elapsedMs,
    residentMb: residentMb(contender.pid),
    fetches: (after.fetches - before.fetches) / count,
    foreign: Math.max(0, foreignMs / elapsedMs / measured.cores),
  };
}

/**
 * @throws Error showing the first answer that is not the expected one, or
 *   naming a contender that answers a forged token although it is to prove them.
 */
async function check(measured: Measured): Promise<readonly number[]> {
  const { operation, target } = measured;
  const sizes: number[] = [];
  for (const [caller, token] of target.tokens.entries()) {
    const { text } = await ask(target, token);
    const expected = { data: operation.expected(caller) };
    if (!isDeepStrictEqual(JSON.parse(text), expected))
      throw new Error(`${operation.name}: not the expected answer: ${text}`);
    sizes.push(text.length);
  }
  const { status } = await ask(
    target,
    `${target.tokens[0]?.slice(0, -9)}AAAAAAAAA`,
  );
  if (measured.provesTokens && status !== 401)
    throw new Error(`${operation.name}: a forged token got ${status}`);
  return sizes;
}

/** Until two slices agree on the rate, but no longer than a measurement. */
async function warmUp(
  target: Target,
  sizes: readonly number[],
  bounds: Bounds,
): Promise<void> {
  const slice = { ...bounds, seconds: Math.min(sliceSeconds, bounds.seconds) };
  let before = 0;
  for (let spent = 0; spent < bounds.seconds; spent += slice.seconds) {
    const { latencies, seconds } = await load(target, sizes, slice);
    const rate = latencies.length / seconds;
    if (Math.abs(rate - before) < settled * before) return;
    before = rate;
  }
}

async function readMeters({ contender, subgraphs }: Measured) {
  const requests = await Promise.all(subgraphs.map((one) => one.requests()));
  const own = [process.pid, contender.pid, ...subgraphs.map(({ pid }) => pid)];
  return {
    contender: cpuMs(contender.pid),
    foreign: machineMs() - sum(own.map(cpuMs)),
    fetches: sum(requests),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
