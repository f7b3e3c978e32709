import { operationHash } from "@hr/service";
import type { Enforcement } from "./enforcement.ts";
import type { GatewayMetrics } from "./gateway-metrics.ts";
import type { Judged } from "./judge.ts";
import type { Supergraph } from "./supergraph.ts";

/** One event for each request, also when everything was granted. */
export function recordDecision(
  {
    supergraph,
    enforcement,
    metrics,
  }: {
    readonly supergraph: Supergraph;
    readonly enforcement: Enforcement;
    readonly metrics: Pick<GatewayMetrics, "denied">;
  },
  { inquiry: { document, operation, context }, decision }: Judged,
): void {
  const { filtered, summary } = decision;
  const { principal, requestId } = context;
  const isAnonymous = principal.kind === "anonymous";
  metrics.denied(filtered.denials.length);
  enforcement.decisions.record({
    at: new Date().toISOString(),
    requestId,
    enforcer: "gateway",
    policy: supergraph.hash,
    mode: enforcement.mode,
    subject: isAnonymous ? null : principal.subject,
    clientId: isAnonymous ? null : principal.clientId,
    operationName: operation.name?.value ?? null,
    operationHash: operationHash(document, operation.name?.value),
    ...summary,
  });
}
