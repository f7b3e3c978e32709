import type { Table } from "../suites.ts";
import { markdown, spread } from "../table.ts";
import { keep } from "./keep.ts";

/** CPU for a request of one contender divided by that of another. */
export function ratioTable(
  pairs: readonly (readonly [string, string])[],
): Table {
  return ({ operations, contenders }, results) => {
    const names = new Set(contenders.map(({ name }) => name));
    const present = pairs.filter((both) => both.every((one) => names.has(one)));
    if (present.length === 0) return "";
    return markdown(
      ["", ...present.map(([one, other]) => `${one} / ${other}`)],
      operations.map(({ name }) => [
        name,
        ...present.map(([one, other]) => {
          const { rounds, mark } = keep(results, [
            [name, one],
            [name, other],
          ]);
          const ratios = rounds.map(
            (within) => within(name, one).cpu / within(name, other).cpu,
          );
          return spread(ratios) + mark;
        }),
      ]),
    );
  };
}
