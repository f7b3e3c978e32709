/** A measurement at a time, in seconds. */
export type Point = { readonly at: number; readonly value: number };

export type Growth =
  | { readonly kind: "too-short" }
  | {
      readonly kind: "flat" | "growing";
      /** How much a line through the second half rises, as a share of its middle. */
      readonly share: number;
    };

/** A rise below it is taken for noise. */
export const flatBelow = 0.05;
const fewestPoints = 8;

/**
 * Whether something grows, by a least-squares line through the second half of it: the
 * first half is for caches to fill.
 */
export function growthOf(points: readonly Point[]): Growth {
  const half = points.slice(Math.floor(points.length / 2));
  if (half.length < fewestPoints) return { kind: "too-short" };
  const at = mean(half.map((point) => point.at));
  const value = mean(half.map((point) => point.value));
  const slope =
    sum(half.map((one) => (one.at - at) * (one.value - value))) /
    sum(half.map((one) => (one.at - at) ** 2));
  const length = (half.at(-1)?.at ?? 0) - (half[0]?.at ?? 0);
  const share = (slope * length) / value;
  return { kind: share < flatBelow ? "flat" : "growing", share };
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}
