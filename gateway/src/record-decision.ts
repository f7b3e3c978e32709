import { operationHash } from "@hr/service";
import type { GatewayGraphQLRequestContext } from "@apollo/server-gateway-interface";
import type { Decision } from "./authorize.ts";
import type { Enforcement } from "./enforcement.ts";
import type { GatewayContext } from "./forward.ts";
import type { Supergraph } from "./supergraph.ts";

/** One event for each request, also when everything was granted. */
export function recordDecision(
  {
    supergraph,
    enforcement,
  }: { readonly supergraph: Supergraph; readonly enforcement: Enforcement },
  request: GatewayGraphQLRequestContext,
  { summary }: Decision,
): void {
  const { principal, requestId } = request.context as GatewayContext;
  const isAnonymous = principal.kind === "anonymous";
  enforcement.decisions.record({
    at: new Date().toISOString(),
    requestId,
    enforcer: "gateway",
    policy: supergraph.hash,
    mode: enforcement.mode,
    subject: isAnonymous ? null : principal.subject,
    clientId: isAnonymous ? null : principal.clientId,
    operationName: request.operation.name?.value ?? null,
    operationHash: operationHash(
      request.document,
      request.operation.name?.value,
    ),
    ...summary,
  });
}
