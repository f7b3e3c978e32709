import type { Table } from "../suites.ts";
import { markdown, middle, spread } from "../table.ts";
import { keep } from "./keep.ts";

/** The most one process takes, and what it costs to have it. */
export const processTable: Table = ({ contenders }, results) =>
  markdown(
    [
      "",
      "requests/s",
      "p50 ms",
      "p99 ms",
      "ms to the first answer",
      "CPU ms until then",
      "MB at rest",
    ],
    contenders.map(({ name }) => {
      const { rounds, mark } = keep(results, [["me-64", name]]);
      const samples = rounds.map((within) => within("me-64", name));
      const starts = results.starts.flatMap((round) => round.get(name) ?? []);
      return [
        name,
        middle(
          samples.map(({ rate }) => rate),
          0,
        ) + mark,
        middle(
          samples.map(({ p50 }) => p50),
          1,
        ),
        middle(
          samples.map(({ p99 }) => p99),
          1,
        ),
        spread(starts.map(({ ms }) => ms)),
        spread(starts.map((start) => start.cpuMs)),
        spread(starts.map(({ idleMb }) => idleMb)),
      ];
    }),
  );
