import { expect, test } from "@jest/globals";
import { createPlanningQueue } from "./planning-queue.ts";

test("between two pieces of work others have their turn", async () => {
  const plan = createPlanningQueue();
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
  const plan = createPlanningQueue();
  const failing = plan(() => {
    throw new RangeError("No plan");
  });
  const next = plan(() => "planned");
  await expect(failing).rejects.toThrow("No plan");
  await expect(next).resolves.toBe("planned");
});
