import type { Sample } from "../measure.ts";
import type { Results } from "../rounds.ts";
import { quiet } from "../table.ts";

/** Whose sample, of which operation. */
export type Wanted = readonly [operation: string, contender: string];

/** What belongs together in one round: a figure made of these is made within it. */
export type Within = (...wanted: Wanted) => Sample;

export type Kept = {
  readonly rounds: readonly Within[];
  /** Behind a figure that is not for quoting. */
  readonly mark: string;
};

/** The rounds that hold all that is wanted, undisturbed; all, marked, when there is none. */
export function keep(results: Results, wanted: readonly Wanted[]): Kept {
  const complete = results.rounds.flatMap((round) => {
    const samples = new Map<string, Sample>();
    for (const [operation, contender] of wanted) {
      const sample = round.get(operation)?.get(contender);
      if (sample) samples.set(`${operation} ${contender}`, sample);
    }
    return samples.size === wanted.length ? [samples] : [];
  });
  const { rounds, noisy } = quiet(complete);
  return {
    rounds: rounds.map((samples) => (operation, contender) => {
      const sample = samples.get(`${operation} ${contender}`);
      if (!sample) throw new Error(`${operation} was not wanted`);
      return sample;
    }),
    mark: noisy && rounds.length > 0 ? " noisy" : "",
  };
}
