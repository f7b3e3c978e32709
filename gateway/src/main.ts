import cluster from "node:cluster";
import { run } from "@hr/service";

// Read by @apollo/gateway when it is loaded: it would report to its maker otherwise.
process.env["APOLLO_TELEMETRY_DISABLED"] ??= "1";
const { readGatewayConfig } = await import("./config.ts");
const { startGateway } = await import("./gateway.ts");
const { startWorkers } = await import("./workers.ts");

await run("gateway", (logger) => {
  const config = readGatewayConfig();
  return cluster.isPrimary && config.workers > 1
    ? startWorkers(config.workers, logger)
    : startGateway(config, logger);
});
