import type { Sample } from "../measure.ts";
import type { Table } from "../suites.ts";
import { markdown, middle, spread } from "../table.ts";
import { keep } from "./keep.ts";

/** All that was measured of each contender: medians over its undisturbed rounds. */
export const detailTable: Table = ({ operations, contenders }, results) =>
  markdown(
    [
      "operation",
      "contender",
      "CPU ms/request",
      "requests/s",
      "p50 ms",
      "p99 ms",
      "busy",
      "MB",
      "fetches",
      "rounds",
    ],
    operations.flatMap((operation) =>
      contenders.flatMap((contender) => {
        const wanted = [operation.name, contender.name] as const;
        const { rounds, mark } = keep(results, [wanted]);
        if (rounds.length === 0) return [];
        const count = `${rounds.length}/${results.rounds.length}${mark}`;
        const samples = rounds.map((within) => within(...wanted));
        return [[...wanted, ...figures(samples), count]];
      }),
    ),
    2,
  );

function figures(samples: readonly Sample[]): readonly string[] {
  const of = (pick: (sample: Sample) => number, digits: number) =>
    middle(samples.map(pick), digits);
  return [
    spread(samples.map(({ cpu }) => cpu)),
    of(({ rate }) => rate, 0),
    of(({ p50 }) => p50, 1),
    of(({ p99 }) => p99, 1),
    `${of(({ busy }) => busy * 100, 0)} %`,
    of(({ residentMb }) => residentMb, 0),
    of(({ fetches }) => fetches, 1),
  ];
}
