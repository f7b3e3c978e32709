import type { GatewayGraphQLRequestContext } from "@apollo/server-gateway-interface";
import type { FormatError, PreparedAnswer } from "@hr/service";
import { outcomeOf } from "./answer-outcome.ts";
import { type AnswerText, createAnswerWriter } from "./answer-text.ts";
import type { CacheStats } from "./cache-metrics.ts";
import type { CompiledOperation, Plans } from "./compiled/plans.ts";
import type { FinishParts } from "./finish.ts";
import type { GatewayContext } from "./forward.ts";
import type { GatewayMetrics } from "./gateway-metrics.ts";
import type { Inquiry, Judged, Judgement } from "./judge.ts";
import { createKnownOperations } from "./known-operations.ts";

/**
 * Answers a JSON body; `undefined` when Apollo Server has to: then nothing has been
 * recorded or run.
 */
export type AnswerPrepared = (
  body: unknown,
  context: GatewayContext,
) => Promise<PreparedAnswer | undefined>;

export type PreparedPath = {
  /** Remembers an operation that is valid and was judged. */
  learn(request: GatewayGraphQLRequestContext): void;
  readonly answer: AnswerPrepared;
  /** Of the operations it knows. */
  readonly stats: () => CacheStats;
};

export type PreparedPathParts = {
  readonly judge: (inquiry: Inquiry) => Judgement | Promise<Judgement>;
  readonly record: (judged: Judged) => void;
  readonly plans: Plans;
  readonly finishing: FinishParts;
  readonly formatError: FormatError;
  readonly metrics: Pick<GatewayMetrics, "request" | "error">;
};

/**
 * Answers operations seen before without parsing, validating or planning them. It
 * judges and runs as the full path does and answers the same bytes; what it cannot
 * answer with status 200 it leaves to that path.
 */
export function createPreparedPath(parts: PreparedPathParts): PreparedPath {
  const { judge, record, plans } = parts;
  const known = createKnownOperations();
  const writer = createAnswerWriter(parts.finishing, parts.formatError);
  return {
    learn: (request) => known.learn(request),
    stats: known.stats,
    async answer(body, context) {
      const start = performance.now();
      // Its figures are of this answer alone.
      if (context.reportsCost) return undefined;
      const found = known.find(body);
      if (!found) return undefined;
      const { variables } = found;
      const inquiry = { ...found.operation, variables, context };
      const judged = await judgement(judge, inquiry);
      if (judged?.kind !== "judged" || judged.refusal) return undefined;
      const { wire } = judged.run;
      const compiled = wire ? plans.compiled(wire.hash) : nothing;
      if (!compiled) return undefined;
      record(judged);
      try {
        const ran = await compiled.run({ variables: variables ?? {}, context });
        const answer = writer.answer(judged, compiled, ran);
        count(parts.metrics, answer, start);
        return { status: 200, text: answer.text };
      } catch (error) {
        const answer = writer.fault(error);
        count(parts.metrics, answer, start);
        return { status: 500, text: answer.text };
      }
    },
  };
}

/** What breaks there breaks on the full path as well, which knows how to say so. */
async function judgement(
  judge: PreparedPathParts["judge"],
  inquiry: Inquiry,
): Promise<Judgement | undefined> {
  try {
    return await judge(inquiry);
  } catch {
    return undefined;
  }
}

/** Where nothing is left to ask. */
const nothing: CompiledOperation = {
  run: () => Promise.resolve({ root: {}, errors: [] }),
  check: () => ({ data: null, problems: [] }),
};

function count(
  metrics: PreparedPathParts["metrics"],
  { hasData, errors }: AnswerText,
  start: number,
): void {
  const outcome = outcomeOf({ data: hasData || undefined, errors });
  metrics.request("prepared", outcome, performance.now() - start);
  for (const { extensions } of errors) metrics.error(extensions?.["code"]);
}
