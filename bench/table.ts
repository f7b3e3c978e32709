/** Whatever tells how much of the machine others used while it was measured. */
type Disturbed = {
  /** Share of the machine. */
  readonly foreign: number;
};

/** Above this share of foreign load a measurement is thrown away. */
const foreignLimit = 0.05;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = low] = sorted.slice(Math.ceil(middle) - 1);
  return Number.isInteger(middle) ? (low + high) / 2 : low;
}

/** The median alone. */
export function middle(values: readonly number[], digits: number): string {
  return values.length === 0 ? "–" : median(values).toFixed(digits);
}

/** Median, least and greatest, to three digits. */
export function spread(values: readonly number[]): string {
  if (values.length === 0) return "–";
  const [middle, least, greatest] = [
    median(values),
    Math.min(...values),
    Math.max(...values),
  ].map(digits);
  return values.length === 1 ? `${middle}` : `${middle} (${least}–${greatest})`;
}

/** Three of them, but a whole number is not cut. */
function digits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function isQuiet({ foreign }: Disturbed): boolean {
  return foreign <= foreignLimit;
}

/** The rounds in which all had the machine to themselves; all, marked, when there is none. */
export function quiet<One extends Disturbed>(
  rounds: readonly ReadonlyMap<string, One>[],
): {
  readonly rounds: readonly ReadonlyMap<string, One>[];
  readonly noisy: boolean;
} {
  const kept = rounds.filter((samples) => [...samples.values()].every(isQuiet));
  return kept.length > 0
    ? { rounds: kept, noisy: false }
    : { rounds, noisy: true };
}

/** A Markdown table; all columns but the first few hold figures. */
export function markdown(
  headings: readonly string[],
  lines: readonly (readonly string[])[],
  named = 1,
): string {
  const ruler = headings.map((_, n) => (n < named ? "---" : "--:"));
  return [headings, ruler, ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
