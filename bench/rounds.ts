import { availableParallelism } from "node:os";
import { setTimeout as rest } from "node:timers/promises";
import { connected } from "./load.ts";
import { demandAnswer, measure, type Sample } from "./measure.ts";
import type { Operation, Question } from "./operations.ts";
import { type Child, startChild } from "./start-child.ts";
import type { Contender, Suite, Surroundings } from "./suites.ts";
import { cpuMs, residentMb } from "./usage.ts";

/** By operation, then by contender: the samples of one round. */
export type Round = ReadonlyMap<string, ReadonlyMap<string, Sample>>;

/** A process from the spawn to its first right answer. */
export type Start = {
  readonly ms: number;
  readonly cpuMs: number;
  /** Resident memory after that answer and two seconds of rest. */
  readonly idleMb: number;
};

export type Results = {
  readonly rounds: readonly Round[];
  /** By contender, for each round. */
  readonly starts: readonly ReadonlyMap<string, Start>[];
  /** What could not be measured, and why. */
  readonly notes: readonly string[];
};

export type Plan = {
  readonly rounds: number;
  /** Length of one measurement; warming up takes as long at most. */
  readonly seconds: number;
  /** Node's own flags for the contenders, such as `--cpu-prof`. */
  readonly execArgv: readonly string[];
  readonly onProgress: (line: string) => void;
};

/** Neither memory nor time runs away, however fast a contender is. */
const maximumRequests = 200_000;
const connections = 16;
const restMs = 2_000;

/**
 * Each round gives every contender a fresh process, one after the other, in an
 * order that is reversed from round to round.
 */
export async function runRounds(suite: Suite, plan: Plan): Promise<Results> {
  const around = await suite.open();
  const { contenders } = suite;
  const turns: ReadonlyMap<string, Turn>[] = [];
  try {
    for (let n = 0; n < plan.rounds; n += 1) {
      const round = new Map<string, Turn>();
      for (const contender of n % 2 === 0
        ? contenders
        : contenders.toReversed()) {
        plan.onProgress(
          `${suite.name}: round ${n + 1} of ${plan.rounds}, ${contender.name}`,
        );
        const place = { suite, contender, around, plan };
        round.set(contender.name, await takeTurn(place));
      }
      turns.push(round);
    }
  } finally {
    await around.close();
  }
  return resultsOf(suite, turns);
}

function resultsOf(
  { operations }: Suite,
  rounds: readonly ReadonlyMap<string, Turn>[],
): Results {
  const all = rounds.flatMap((round) => [...round.values()]);
  return {
    rounds: rounds.map(
      (round) =>
        new Map(
          operations.map(({ name }) => [
            name,
            pick(round, ({ samples }) => samples.get(name)),
          ]),
        ),
    ),
    starts: rounds.map((round) => pick(round, ({ start }) => start)),
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
  };
}

function pick<T>(
  round: ReadonlyMap<string, Turn>,
  part: (turn: Turn) => T | undefined,
): ReadonlyMap<string, T> {
  const parts = new Map<string, T>();
  for (const [contender, turn] of round) {
    const value = part(turn);
    if (value !== undefined) parts.set(contender, value);
  }
  return parts;
}

/** What one contender did in one round. */
type Turn = {
  readonly start: Start | undefined;
  readonly samples: ReadonlyMap<string, Sample>;
  readonly notes: readonly string[];
};

type Place = {
  readonly suite: Suite;
  readonly contender: Contender;
  readonly around: Surroundings;
  readonly plan: Plan;
};

async function takeTurn(place: Place): Promise<Turn> {
  const { suite, contender } = place;
  const samples = new Map<string, Sample>();
  const notes: string[] = [];
  // What is wrong with a rival is told; what is wrong with ours is to be mended first.
  const note = (what: string, error: unknown) => {
    if (!contender.isRival || !(error instanceof Error)) throw error;
    const shown = error.message.slice(0, 300);
    notes.push(`\`${contender.name}\` is left out of ${what}: \`${shown}\``);
  };
  const [child, start] = await begin(place).catch((error: unknown) => {
    note("all", error);
    return [];
  });
  if (!child) return { start, samples, notes };
  try {
    for (const operation of suite.operations)
      await runOperation(place, child, operation).then(
        (sample) => samples.set(operation.name, sample),
        (error: unknown) => note(`\`${operation.name}\``, error),
      );
  } finally {
    await child.stop();
  }
  return { start, samples, notes };
}

async function begin({ suite, contender, around, plan }: Place) {
  const [token] = await around.issuer.tokens(contender.scope);
  const settings = { ...around.settings, ...contender.settings };
  const began = performance.now();
  const child = await startChild(contender.file, settings, plan.execArgv);
  const [operation] = suite.operations;
  if (!suite.isStarted || !operation) return [child] as const;
  try {
    const question = questionFor(contender, operation);
    const target = { url: child.url, body: question.body, connections: 1 };
    await connected(target, (ask) =>
      demandAnswer(() => ask(token), question, 0),
    );
    const ms = performance.now() - began;
    const spent = cpuMs(child.pid);
    await rest(restMs);
    const idleMb = residentMb(child.pid);
    return [child, { ms, cpuMs: spent, idleMb }] as const;
  } catch (error) {
    await child.stop();
    throw error;
  }
}

async function runOperation(
  { contender, around, plan }: Place,
  child: Child,
  operation: Operation,
): Promise<Sample> {
  const question = questionFor(contender, operation);
  const target = {
    url: child.url,
    body: question.body,
    tokens: await around.issuer.tokens(operation.scope ?? contender.scope),
    connections: operation.connections ?? connections,
  };
  const cores = availableParallelism();
  const { subgraphs } = around;
  const { provesTokens } = contender;
  return measure(
    { contender: child, subgraphs, target, question, provesTokens, cores },
    { seconds: plan.seconds, requests: maximumRequests },
  );
}

function questionFor(
  { enforcesScopes }: Contender,
  operation: Operation,
): Question {
  return enforcesScopes ? operation : (operation.unenforced ?? operation);
}
