import fc from "fast-check";

/**
 * The next choice, 0 to `max`; 0 once they run out. A run of choices is what
 * fast-check reports and shrinks: towards fewer, and towards 0.
 */
export type Draw = (max: number) => number;

export function choices(most: number): fc.Arbitrary<number[]> {
  return fc.noBias(
    fc.array(fc.nat({ max: 9_999 }), { maxLength: most, size: "max" }),
  );
}

export function drawFrom(numbers: readonly number[]): Draw {
  let next = 0;
  return (max) => (numbers[next++] ?? 0) % (max + 1);
}

export function chance(draw: Draw, percent: number): boolean {
  return draw(99) >= 100 - percent;
}

export function pick<Item>(draw: Draw, items: readonly Item[]): Item {
  if (items.length === 0) throw new Error("There is nothing to pick from");
  return items[draw(items.length - 1)] as Item;
}

/** At least one of them, in their order. */
export function some<Item>(
  draw: Draw,
  items: readonly Item[],
): readonly Item[] {
  const sure = pick(draw, items);
  return items.filter((item) => item === sure || chance(draw, 35));
}

export function shuffled<Item>(
  draw: Draw,
  items: readonly Item[],
): readonly Item[] {
  const left = [...items];
  return items.flatMap(() => left.splice(draw(left.length - 1), 1));
}
