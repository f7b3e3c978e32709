import type { LedgerKind } from "./leave-balance.ts";

/** A booking that closes one leave period or opens the next. */
export type ClosingEntry = {
  readonly kind: Extract<LedgerKind, "CARRY_OVER" | "EXPIRY">;
  readonly amount: number;
  readonly effectiveOn: string;
  readonly sourceKey: string;
};

/**
 * L6: what is left of a year goes over as a pair, up to the cap, and the excess
 * expires; a negative rest is carried whole. The closed year then sums to zero.
 */
export function closingEntries(
  rest: number,
  cap: number | null,
  year: number,
): readonly ClosingEntry[] {
  const carried = Math.min(rest, cap ?? rest);
  const excess = rest - carried;
  const entries: readonly ClosingEntry[] = [
    {
      kind: "CARRY_OVER",
      amount: -carried,
      effectiveOn: `${year}-12-31`,
      sourceKey: `carry-over:${year}:out`,
    },
    {
      kind: "CARRY_OVER",
      amount: carried,
      effectiveOn: `${year + 1}-01-01`,
      sourceKey: `carry-over:${year}:in`,
    },
    {
      kind: "EXPIRY",
      amount: -excess,
      effectiveOn: `${year}-12-31`,
      sourceKey: `expiry:${year}:excess`,
    },
  ];
  return entries.filter(({ amount }) => amount !== 0);
}
