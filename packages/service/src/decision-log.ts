import { createHash } from "node:crypto";
import { usageReportingSignature } from "@apollo/utils.usagereporting";
import type { DecisionEvent } from "@hr/access";
import type { DocumentNode } from "graphql";
import { type Logger, faultName } from "./log.ts";

/** Takes one event per request. What it throws is counted and opens nothing. */
export type DecisionSink = (event: DecisionEvent) => void | Promise<void>;

export type DecisionLog = {
  /** Never throws and is never waited for. */
  record(event: DecisionEvent): void;
  /** Events the sink did not take, since the start. */
  failures(): number;
};

/** Hands decisions to a sink; by default one structured line of the log each. */
export function createDecisionLog({
  logger,
  sink = (event) =>
    logger.info({ event: "decision", decision: event }, "decision"),
}: {
  readonly logger: Logger;
  readonly sink?: DecisionSink;
}): DecisionLog {
  let failures = 0;
  const failed = (error: unknown) => {
    failures += 1;
    logger.error(
      { event: "decision log", failures, fault: faultName(error) },
      "a decision was not recorded",
    );
  };
  return {
    record(event) {
      try {
        Promise.resolve(sink(event)).catch(failed);
      } catch (error) {
        failed(error);
      }
    },
    failures: () => failures,
  };
}

const hashes = new WeakMap<DocumentNode, Map<string, string>>();

/**
 * SHA-256 of an operation without its literals, aliases and formatting: equal for
 * the same question about other people. Made once per parsed document.
 */
export function operationHash(
  document: DocumentNode,
  operationName = "",
): string {
  const known = hashes.get(document) ?? new Map<string, string>();
  hashes.set(document, known);
  const before = known.get(operationName);
  if (before !== undefined) return before;
  const signature = usageReportingSignature(document, operationName);
  const hash = createHash("sha256").update(signature).digest("hex");
  known.set(operationName, hash);
  return hash;
}
