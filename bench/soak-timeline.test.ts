import { describe, expect, test } from "@jest/globals";
import { createTimeline } from "./soak-timeline.ts";

const bounds = { reloadMs: 30, recoveryMs: 50 };
const open = { jobs: "open", leave: "here" };
const locked = { jobs: "locked", leave: "here" };

describe("after another supergraph was written", () => {
  const timeline = createTimeline(bounds);
  timeline.wrote("locked", 100);

  test("an answer that came before is by the one before", () => {
    expect(timeline.worlds(80, 99)).toEqual([open]);
  });

  test("one that came after, or was asked for within the bound, is by either", () => {
    expect(timeline.worlds(80, 101)).toEqual([locked, open]);
    expect(timeline.worlds(130, 140)).toEqual([locked, open]);
  });

  test("one that was asked for after the bound is by the new one", () => {
    expect(timeline.worlds(131, 140)).toEqual([locked]);
  });

  test("an answer by the one before is as late as its request", () => {
    expect(
      timeline.lateness({ jobs: "open", leave: "here" }, 117, 140),
    ).toEqual({ reload: 17, recovery: 0 });
    expect(timeline.lateness({ jobs: "open", leave: "here" }, 90, 140)).toEqual(
      { reload: 0, recovery: 0 },
    );
  });
});

describe("a subgraph that was killed and is back", () => {
  const timeline = createTimeline(bounds);
  timeline.left(100);
  timeline.back(200);
  const away = { jobs: "open", leave: "away" };

  test("may lack in an answer that was under way when it was killed", () => {
    expect(timeline.worlds(90, 101)).toEqual([open, away]);
  });

  test("may lack until the bound after its return", () => {
    expect(timeline.worlds(250, 260)).toEqual([open, away]);
  });

  test("may lack neither before nor later", () => {
    expect(timeline.worlds(90, 99)).toEqual([open]);
    expect(timeline.worlds(251, 260)).toEqual([open]);
  });

  test("lacks as late as the request came after its return", () => {
    expect(
      timeline.lateness({ jobs: "open", leave: "away" }, 220, 230),
    ).toEqual({ reload: 0, recovery: 20 });
  });
});

test("a subgraph that is not back may lack however long it takes", () => {
  const timeline = createTimeline(bounds);
  timeline.left(100);
  expect(timeline.worlds(100_000, 100_001)).toHaveLength(2);
});
