export { readGatewayConfig } from "./config.ts";
export type { GatewayConfig } from "./config.ts";
export { startGateway } from "./gateway.ts";
export { readSupergraph } from "./supergraph.ts";
