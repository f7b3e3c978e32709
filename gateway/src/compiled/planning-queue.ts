import { setTimeout as sleep } from "node:timers/promises";

/** Does work that blocks, one piece after the other. */
export type PlanningQueue = {
  readonly enqueue: <Result>(plan: () => Result) => Promise<Result>;
  /** Pieces that wait or are being done. */
  readonly waiting: () => number;
};

/** Is told of each piece, done or failed. */
export type PlanningClock = {
  enter(): void;
  leave(waitedMs: number, tookMs: number): void;
};

/**
 * After each piece rests for as long as it took, so that a burst of new operations
 * leaves half of the time to those already planned.
 */
export function createPlanningQueue(clock?: PlanningClock): PlanningQueue {
  let rested: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const enqueue = <Result>(plan: () => Result): Promise<Result> => {
    const came = performance.now();
    let start = came;
    waiting += 1;
    clock?.enter();
    const result = rested.then(() => {
      start = performance.now();
      return plan();
    });
    const rest = () => {
      const tookMs = performance.now() - start;
      waiting -= 1;
      clock?.leave(start - came, tookMs);
      return sleep(tookMs, undefined, { ref: false });
    };
    rested = result.then(rest, rest);
    return result;
  };
  return { enqueue, waiting: () => waiting };
}
