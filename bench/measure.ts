import { difference } from "./difference.ts";
import {
  type Bounds,
  type Right,
  type Target,
  WrongAnswer,
  connected,
  load,
} from "./load.ts";
import type { Incoming } from "./post.ts";
import type { Question } from "./operations.ts";
import type { Child } from "./start-child.ts";
import { isQuiet } from "./table.ts";
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
  readonly target: Target;
  readonly question: Question;
  /** Whether a forged token must be refused. */
  readonly provesTokens: boolean;
  readonly cores: number;
};

const settled = 0.05;
const sliceSeconds = 0.5;
/** Fewer, and what is hot is not compiled yet. */
const warmRequests = 5_000;
/** How often it is measured until nothing else uses the machine. */
const attempts = 3;

/**
 * Compares every caller's answer with the expected one, warms up, then measures.
 * @throws WrongAnswer
 */
export async function measure(
  measured: Measured,
  bounds: Bounds,
): Promise<Sample> {
  const right = await check(measured);
  await warmUp(measured.target, right, bounds);
  for (let attempt = 1; ; attempt += 1) {
    const sample = await take(measured, right, bounds);
    if (isQuiet(sample) || attempt === attempts) return sample;
  }
}

/**
 * @throws WrongAnswer showing the first answer that is not the expected one, or
 *   telling that a forged token is answered by who is to prove them.
 */
function check(measured: Measured): Promise<readonly Right[]> {
  const { target, question, provesTokens } = measured;
  return connected(target, async (ask) => {
    const right: Right[] = [];
    for (const [caller, token] of target.tokens.entries())
      right.push(await demandAnswer(() => ask(token), question, caller));
    const forged = `${target.tokens[0]?.slice(0, -9)}AAAAAAAAA`;
    const { status } = await ask(forged);
    if (provesTokens && status !== 401)
      throw new WrongAnswer(`a forged token got ${status}`);
    return right;
  });
}

/** @throws WrongAnswer saying what is wrong about it. */
export async function demandAnswer(
  ask: () => Promise<Incoming>,
  { expected, isDenied = false }: Question,
  caller: number,
): Promise<Right> {
  const { status, body } = await ask();
  const { data, errors } = read(body);
  const wrong = difference(data, expected(caller));
  if (wrong !== undefined) throw new WrongAnswer(`${status}, ${wrong}`);
  if (!isDenied && (status !== 200 || errors !== undefined))
    throw new WrongAnswer(`${status}, ${JSON.stringify(errors)}`);
  return { status, bytes: body.length };
}

function read(body: Buffer) {
  try {
    return JSON.parse(body.toString()) as { data?: unknown; errors?: unknown };
  } catch {
    return { errors: body.toString() };
  }
}

/** Until enough were answered and two slices agree on the rate, but no longer than a measurement. */
async function warmUp(
  target: Target,
  right: readonly Right[],
  bounds: Bounds,
): Promise<void> {
  const slice = { ...bounds, seconds: Math.min(sliceSeconds, bounds.seconds) };
  let before = 0;
  let answered = 0;
  for (let spent = 0; spent < bounds.seconds; spent += slice.seconds) {
    const { latencies, seconds } = await load(target, right, slice);
    const rate = latencies.length / seconds;
    answered += latencies.length;
    const isSettled = Math.abs(rate - before) < settled * before;
    if (isSettled && answered >= warmRequests) return;
    before = rate;
  }
}

async function take(
  measured: Measured,
  right: readonly Right[],
  bounds: Bounds,
): Promise<Sample> {
  const { contender, target } = measured;
  const before = await readMeters(measured);
  const { seconds, latencies } = await load(target, right, bounds);
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
