import cluster from "node:cluster";
import { run } from "@hr/service";

// Read by @apollo/gateway when it is loaded: it would report to its maker otherwise.
process.env["APOLLO_TELEMETRY_DISABLED"] ??= "1";
const { readGatewayConfig } = await import("./config.ts");

// Who only watches over workers loads no gateway.
await run("gateway", async (logger) => {
  const config = readGatewayConfig();
  if (cluster.isPrimary && config.workers > 1)
    return (await import("./workers.ts")).startWorkers(
      config.workers,
      logger,
      config.metrics,
    );
  return (await import("./gateway.ts")).startGateway(config, logger);
});
