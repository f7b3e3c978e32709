import { availableParallelism } from "node:os";
import { measure, type Sample } from "./measure.ts";
import { startChild } from "./start-child.ts";
import type { Contender, Suite, Surroundings } from "./suites.ts";

/** By operation, then by contender: the samples of one round. */
export type Round = ReadonlyMap<string, ReadonlyMap<string, Sample>>;

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

/**
 * Each round gives every contender a fresh process, one after the other, in an
 * order that is reversed from round to round.
 */
export async function runRounds(
  suite: Suite,
  plan: Plan,
): Promise<readonly Round[]> {
  const around = await suite.open();
  try {
    const rounds: Round[] = [];
    for (let n = 0; n < plan.rounds; n += 1) {
      plan.onProgress(`${suite.name}: round ${n + 1} of ${plan.rounds}`);
      const reversed = n % 2 === 1;
      const order = reversed ? suite.contenders.toReversed() : suite.contenders;
      rounds.push(
        await runRound({ ...suite, contenders: order }, around, plan),
      );
    }
    return rounds;
  } finally {
    await around.close();
  }
}

async function runRound(
  suite: Suite,
  around: Surroundings,
  plan: Plan,
): Promise<Round> {
  const round = new Map(
    suite.operations.map(({ name }) => [name, new Map<string, Sample>()]),
  );
  for (const contender of suite.contenders)
    for (const [operation, sample] of await runContender(
      { ...suite, contender },
      around,
      plan,
    ))
      round.get(operation)?.set(contender.name, sample);
  return round;
}

async function runContender(
  {
    contender: { file, scope, provesTokens },
    operations,
  }: Suite & { contender: Contender },
  { settings, issuer, subgraphs }: Surroundings,
  plan: Plan,
): Promise<ReadonlyMap<string, Sample>> {
  const contender = await startChild(file, settings, plan.execArgv);
  const samples = new Map<string, Sample>();
  try {
    for (const operation of operations) {
      const tokens = await issuer.tokens(scope);
      const target = { url: contender.url, body: operation.body, tokens };
      const cores = availableParallelism();
      const sample = await measure(
        { contender, subgraphs, operation, target, provesTokens, cores },
        { seconds: plan.seconds, requests: maximumRequests },
      );
      samples.set(operation.name, sample);
    }
  } finally {
    await contender.stop();
  }
  return samples;
}
