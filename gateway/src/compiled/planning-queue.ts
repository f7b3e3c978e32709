import { setTimeout as sleep } from "node:timers/promises";

/** Does work that blocks, one piece after the other. */
export type PlanningQueue = <Result>(plan: () => Result) => Promise<Result>;

/**
 * After each piece rests for as long as it took, so that a burst of new operations
 * leaves half of the time to those already planned.
 */
export function createPlanningQueue(): PlanningQueue {
  let rested: Promise<unknown> = Promise.resolve();
  return (plan) => {
    let start = 0;
    const result = rested.then(() => {
      start = performance.now();
      return plan();
    });
    const rest = () =>
      sleep(performance.now() - start, undefined, { ref: false });
    rested = result.then(rest, rest);
    return result;
  };
}
