import { operationHash } from "@hr/service";
import type { Enforcement } from "./enforcement.ts";
import type { Judged } from "./judge.ts";
import type { Supergraph } from "./supergraph.ts";

/** One event for each request, also when everything was granted. */
export function recordDecision(
  {
    supergraph,
    enforcement,
  }: { readonly supergraph: Supergraph; readonly enforcement: Enforcement },
  { inquiry: { document, operation, context }, decision: { summary } }: Judged,
): void {
  const { principal, requestId } = context;
  const isAnonymous = principal.kind === "anonymous";
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
