import { readGatewayConfig, startGateway } from "@hr/gateway";
import { createLogger } from "@hr/service";
import { openInternalKeys } from "@hr/tokens";
import { setting } from "../child.ts";
import { type LagMeter, createLagMeter } from "../soak-lag.ts";
import { runSoakProcess } from "../soak-process.ts";

/** What the gateway's process says of itself, in bytes and milliseconds. */
export type GatewayReport = {
  /** What is left after a collection of everything. */
  readonly heapUsed: number;
  readonly rss: number;
  /** How late its event loop was since the last report, 99th percentile. */
  readonly lagP99: number;
};

/** The gateway as in production, but for plain HTTP on loopback; its heap can be asked for. */
await runSoakProcess(async (settings) => {
  const folder = setting(settings, "folder");
  const config = readGatewayConfig({
    PORT: setting(settings, "port"),
    SUPERGRAPH: setting(settings, "supergraph"),
    TOKEN_ISSUER: setting(settings, "issuer"),
    TOKEN_AUDIENCE: setting(settings, "audience"),
    TOKEN_JWKS_URI: setting(settings, "jwksUri"),
    DENYLIST_URL: setting(settings, "denylistUrl"),
    GATEWAY_KEYS_FILE: setting(settings, "keysFile"),
    JWKS_SNAPSHOT_FILE: `${folder}/issuer-jwks.json`,
    DENYLIST_SNAPSHOT_FILE: `${folder}/denylist.json`,
  });
  await openInternalKeys(config.keysFile, { create: true });
  const { url } = await startGateway(
    { ...config, production: true },
    createLogger("gateway"),
    { keysEveryMs: Number(setting(settings, "keysEveryMs")) },
  );
  const lag = createLagMeter();
  return { url, report: () => report(lag) };
});

/** The collection it takes is not counted as lag. */
function report(lag: LagMeter): GatewayReport {
  const lagP99 = lag.p99();
  lag.pause();
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  lag.reset();
  return { heapUsed, rss, lagP99 };
}
