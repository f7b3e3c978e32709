import { expect, test } from "@jest/globals";
import { growthOf } from "./soak-heap.ts";

const times = Array.from({ length: 20 }, (_, n) => n * 15);

test("what fills in the first half and then stays is flat", () => {
  const points = times.map((at) => ({ at, value: Math.min(at, 100) }));
  expect(growthOf(points)).toEqual({ kind: "flat", share: 0 });
});

test("noise around a level is flat", () => {
  const points = times.map((at, n) => ({ at, value: 100 + (n % 2) }));
  expect(growthOf(points).kind).toBe("flat");
});

test("a steady rise is growth, as a share of the level it has reached", () => {
  const points = times.map((at) => ({ at, value: 1_000 + at }));
  const middle = 1_000 + (150 + 285) / 2;
  expect(growthOf(points)).toEqual({
    kind: "growing",
    share: expect.closeTo((285 - 150) / middle),
  });
});

test("what shrinks is flat", () => {
  const points = times.map((at) => ({ at, value: 1_000 - at }));
  expect(growthOf(points).kind).toBe("flat");
});

test("of a few points nothing is said", () => {
  const points = times.slice(0, 14).map((at) => ({ at, value: at }));
  expect(growthOf(points)).toEqual({ kind: "too-short" });
});
