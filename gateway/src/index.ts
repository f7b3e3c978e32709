export { createAuthorizer } from "./authorize.ts";
export { readGatewayConfig } from "./config.ts";
export type { GatewayConfig } from "./config.ts";
export { standardCost, standardLimits } from "./limits.ts";
export { startGateway } from "./gateway.ts";
export type { GatewayParts } from "./gateway.ts";
export { readSupergraph } from "./supergraph.ts";
