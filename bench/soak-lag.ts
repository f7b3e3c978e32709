import { monitorEventLoopDelay } from "node:perf_hooks";

/** How late the event loop of this process is. */
export type LagMeter = {
  /** Milliseconds, 99th percentile since the last reset. */
  p99(): number;
  /** What happens until the next `reset` does not count. */
  pause(): void;
  reset(): void;
};

const resolution = 10;

export function createLagMeter(): LagMeter {
  const meter = monitorEventLoopDelay({ resolution });
  meter.enable();
  return {
    // What is measured is the time between two turns of a timer.
    p99: () => Math.max(0, meter.percentile(99) / 1e6 - resolution),
    pause: () => void meter.disable(),
    reset() {
      meter.disable();
      meter.reset();
      meter.enable();
    },
  };
}
