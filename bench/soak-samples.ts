import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayReport } from "./contenders/soak-gateway.ts";
import type { Time } from "./soak-load.ts";
import type { SoakProcess } from "./soak-process.ts";
import { createLagMeter } from "./soak-lag.ts";
import { cpuMs, machineMs } from "./usage.ts";

/** The gateway's process over the time since the last one. */
export type SoakSample = GatewayReport & {
  /** Seconds since the start. */
  readonly at: number;
  /** How late the event loop of this process was, which asks and judges: 99th percentile. */
  readonly askerLagP99: number;
  /** Share of one core it kept busy. */
  readonly busy: number;
  /** CPU that all processes of the machine used, in cores. */
  readonly machine: number;
};

const everySeconds = 15;

/**
 * Asks the gateway how it is, again and again until the run is over.
 * @param onSample Told each one as it comes.
 */
export async function takeSamples(
  gateway: SoakProcess,
  { began, seconds }: Time,
  onSample: (sample: SoakSample) => void,
): Promise<void> {
  // What was before does not count.
  await gateway.report();
  const lag = createLagMeter();
  let before = meters(gateway);
  for (let at = everySeconds; at <= seconds; at += everySeconds) {
    await sleep(Math.max(0, began + at * 1_000 - performance.now()));
    const report = await gateway.report<GatewayReport>();
    const now = meters(gateway);
    const elapsed = now.at - before.at;
    onSample({
      ...{ ...report, at, askerLagP99: lag.p99() },
      busy: (now.gateway - before.gateway) / elapsed,
      machine: (now.machine - before.machine) / elapsed,
    });
    before = now;
    lag.reset();
  }
}

function meters({ pid }: SoakProcess) {
  return {
    at: performance.now(),
    gateway: cpuMs(pid),
    machine: machineMs(),
  };
}
