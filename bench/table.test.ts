import { describe, expect, test } from "@jest/globals";
import type { Sample } from "./measure.ts";
import { median, quiet } from "./table.ts";

test("a median is the middle value, or halfway between the two", () => {
  expect([[5], [9, 1, 5], [4, 1, 3, 2]].map(median)).toEqual([5, 5, 2.5]);
});

describe("a round", () => {
  const still = new Map([
    ["ours", sample(0.01)],
    ["floor", sample(0.05)],
  ]);
  const disturbed = new Map([
    ["ours", sample(0.01)],
    ["floor", sample(0.06)],
  ]);

  test("is thrown away when one contender had to share the machine", () => {
    expect(quiet([still, disturbed])).toEqual({
      rounds: [still],
      noisy: false,
    });
  });

  test("is kept and marked when there is no better one", () => {
    expect(quiet([disturbed])).toEqual({ rounds: [disturbed], noisy: true });
  });
});

function sample(foreign: number): Sample {
  return {
    cpu: 1,
    rate: 1,
    p50: 1,
    p99: 1,
    busy: 1,
    residentMb: 1,
    fetches: 1,
    foreign,
  };
}
