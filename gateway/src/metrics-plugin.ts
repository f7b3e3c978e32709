import type { ApolloServerPlugin } from "@apollo/server";
import { type Answer, outcomeOf } from "./answer-outcome.ts";
import type { GatewayMetrics, Tier } from "./gateway-metrics.ts";

/** Takes down one answer: how it ended, how long it took, the codes it carries. */
export function countAnswer(
  metrics: GatewayMetrics,
  answer: Answer,
  { tier, ms }: { readonly tier: Tier; readonly ms: number },
): void {
  metrics.request(tier, outcomeOf(answer), ms);
  for (const { extensions } of answer.errors ?? [])
    metrics.error(extensions?.["code"]);
}

/**
 * Takes down what Apollo Server answers, also where it refuses a request before it
 * looks at the operation. The time runs from there on.
 */
export function createMetricsPlugin(
  metrics: GatewayMetrics,
): ApolloServerPlugin {
  return {
    requestDidStart() {
      const start = performance.now();
      return Promise.resolve({
        willSendResponse({ response: { body } }) {
          const ms = performance.now() - start;
          if (body.kind === "single")
            countAnswer(metrics, body.singleResult, { tier: "full", ms });
          return Promise.resolve();
        },
      });
    },
    invalidRequestWasReceived() {
      const errors = [{ extensions: { code: "BAD_REQUEST" } }];
      countAnswer(metrics, { errors }, { tier: "full", ms: 0 });
      return Promise.resolve();
    },
  };
}
