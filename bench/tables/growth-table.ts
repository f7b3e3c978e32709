import type { Suite, Table } from "../suites.ts";
import { markdown, spread } from "../table.ts";
import { type Within, keep } from "./keep.ts";

type Size = Suite["operations"][number];
type Span = { readonly from: Size; readonly to: Size };

/** CPU for one more entity, from one size to the next; then the first contender's by the last's. */
export const growthTable: Table = ({ operations, contenders }, results) => {
  const spans = spansOf(operations);
  if (spans.length === 0) return "";
  const { rounds, mark } = keep(
    results,
    contenders.flatMap((by) =>
      operations.map(({ name }) => [name, by.name] as const),
    ),
  );
  const line = (
    name: string,
    figure: (within: Within, span: Span) => number,
  ) => [
    name,
    ...spans.map(
      (span) => spread(rounds.map((within) => figure(within, span))) + mark,
    ),
  ];
  const first = contenders[0]?.name ?? "";
  const last = contenders.at(-1)?.name ?? "";
  return markdown(
    ["", ...spans.map(({ from, to }) => `${from.entities} to ${to.entities}`)],
    [
      ...contenders.map(({ name }) =>
        line(
          `${name}, µs`,
          (within, span) => slope(within, name, span) * 1_000,
        ),
      ),
      line(
        `${first} / ${last}`,
        (within, span) =>
          slope(within, first, span) / slope(within, last, span),
      ),
    ],
  );
};

/** From each to the next, and from end to end. */
function spansOf(sizes: readonly Size[]): readonly Span[] {
  const steps = sizes.slice(1).map((to, n) => ({ from: sizes[n] ?? to, to }));
  const [from] = sizes;
  const to = sizes.at(-1);
  return from && to && steps.length > 1 ? [...steps, { from, to }] : steps;
}

function slope(within: Within, contender: string, { from, to }: Span): number {
  const [less, more] = [from, to].map(
    ({ name }) => within(name, contender).cpu,
  );
  const entities = (to.entities ?? NaN) - (from.entities ?? NaN);
  return ((more ?? NaN) - (less ?? NaN)) / entities;
}
