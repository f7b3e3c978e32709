import { run } from "@hr/service";

// Read by @apollo/gateway when it is loaded: it would report to its maker otherwise.
process.env["APOLLO_TELEMETRY_DISABLED"] ??= "1";
const { readGatewayConfig } = await import("./config.ts");
const { startGateway } = await import("./gateway.ts");

await run("gateway", (logger) => startGateway(readGatewayConfig(), logger));
