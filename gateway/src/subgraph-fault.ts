import type { SubgraphOutcome } from "./subgraph-metrics.ts";

/** Why a subgraph gave no answer, in a fixed sentence. */
export class SubgraphFault extends Error {
  override readonly name = "SubgraphFault";
  readonly outcome: Exclude<SubgraphOutcome, "answered" | "failed">;
  /** It broke before an answer began. */
  readonly isRepeatable: boolean;

  constructor(
    message: string,
    about: {
      readonly outcome: SubgraphFault["outcome"];
      readonly isRepeatable?: boolean;
      readonly cause?: unknown;
    },
  ) {
    const { outcome, isRepeatable = false, cause } = about;
    super(message, { cause });
    this.outcome = outcome;
    this.isRepeatable = isRepeatable;
  }
}

/** Whether it cannot be reached, or does not answer in time. */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof SubgraphFault &&
    (error.outcome === "unreachable" || error.outcome === "late")
  );
}

export function abandoned(): SubgraphFault {
  return new SubgraphFault("nobody waits for it", { outcome: "abandoned" });
}

export function late(): SubgraphFault {
  return new SubgraphFault("it does not answer in time", { outcome: "late" });
}
