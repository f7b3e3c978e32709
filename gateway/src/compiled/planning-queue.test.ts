import { expect, test } from "@jest/globals";
import { createPlanningQueue } from "./planning-queue.ts";

test("between two pieces of work others have their turn", async () => {
  const { enqueue: plan } = createPlanningQueue();
  const order: string[] = [];
  const first = plan(() => {
    setImmediate(() => order.push("another"));
    order.push("first");
  });
  const second = plan(() => order.push("second"));
  await Promise.all([first, second]);
  expect(order).toEqual(["first", "another", "second"]);
});

test("a piece that fails is its own caller's matter", async () => {
  const { enqueue: plan } = createPlanningQueue();
  const failing = plan(() => {
    throw new RangeError("No plan");
  });
  const next = plan(() => "planned");
  await expect(failing).rejects.toThrow("No plan");
  await expect(next).resolves.toBe("planned");
});

test("tells how many pieces there are, and how long each took", async () => {
  const told: string[] = [];
  const { enqueue, waiting } = createPlanningQueue({
    enter: () => told.push("enter"),
    leave: (waitedMs, tookMs) =>
      told.push(waitedMs >= 0 && tookMs >= 0 ? "leave" : "wrong"),
  });
  const all = [enqueue(() => 1), enqueue(() => 2)];
  expect(waiting()).toBe(2);
  await Promise.all(all);
  await enqueue(() => 3);
  expect(told.slice(0, 4)).toEqual(["enter", "enter", "leave", "leave"]);
  expect(waiting()).toBeLessThan(2);
});
