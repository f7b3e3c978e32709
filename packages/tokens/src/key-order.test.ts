import { describe, expect, test } from "@jest/globals";
import {
  type StagedKey,
  dropKey,
  isRotationDue,
  rotateKeys,
  unexpiredKeys,
} from "./key-order.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2026, 2, 31);

const fresh: StagedKey = { kid: "fresh", stage: "pending", since: now };

/** An active key, a pending one published so long ago, a retired one. */
function keysWithPending(age: number): readonly StagedKey[] {
  return [
    { kid: "a", stage: "active", since: now - 90 * day },
    { kid: "p", stage: "pending", since: now - age },
    { kid: "r", stage: "retired", since: now - hour },
  ];
}

const settled = keysWithPending(15 * minute);
const young = keysWithPending(15 * minute - 1);

describe("R7: a rotation", () => {
  test("activates the pending key, retires the active one and publishes a fresh one", () => {
    expect(rotateKeys(settled, { fresh, now })).toEqual([
      { kid: "p", stage: "active", since: now },
      fresh,
      { kid: "a", stage: "retired", since: now },
      { kid: "r", stage: "retired", since: now - hour },
    ]);
  });

  test("R9: within 15 minutes of publication is refused, and told when it may be", () => {
    expect(() => rotateKeys(young, { fresh, now })).toThrow(
      "it may be activated from 2026-03-31T00:00:00.001Z on",
    );
  });

  test("R9: is done all the same when forced", () => {
    const [active] = rotateKeys(young, { fresh, now, force: true });
    expect(active).toMatchObject({ kid: "p", stage: "active" });
  });

  test("without a pending key is refused", () => {
    const keys = settled.filter(({ stage }) => stage !== "pending");
    expect(() => rotateKeys(keys, { fresh, now, force: true })).toThrow(
      "no pending key",
    );
  });
});

describe("a key that is dropped", () => {
  const stagesOf = (keys: readonly StagedKey[]) =>
    keys.map(({ kid, stage }) => `${kid} ${stage}`);
  const change = { fresh, now };

  test("when retired is gone, and no other changes", () => {
    expect(dropKey(young, "r", change)).toEqual(young.slice(0, 2));
  });

  test("when pending makes room for a fresh one", () => {
    expect(stagesOf(dropKey(young, "p", change))).toEqual([
      "a active",
      "r retired",
      "fresh pending",
    ]);
  });

  test("when active is followed by the pending one, and verifies no more", () => {
    expect(stagesOf(dropKey(settled, "a", change))).toEqual([
      "p active",
      "fresh pending",
      "r retired",
    ]);
  });

  test("when active and the pending one is young, stays unless forced", () => {
    expect(() => dropKey(young, "a", change)).toThrow("15 minutes");
    expect(stagesOf(dropKey(young, "a", { ...change, force: true }))[0]).toBe(
      "p active",
    );
  });

  test("has to be there", () => {
    expect(() => dropKey(settled, "b", change)).toThrow("no key of this id");
  });
});

test("retired keys verify for 24 h", () => {
  const kids = (at: number) => unexpiredKeys(settled, at).map(({ kid }) => kid);
  expect(kids(now + 23 * hour - 1)).toEqual(["a", "p", "r"]);
  expect(kids(now + 23 * hour)).toEqual(["a", "p"]);
});

describe("a rotation is due", () => {
  test("once the active key has signed for the days set, not before", () => {
    expect(isRotationDue(settled, 90, now)).toBe(true);
    expect(isRotationDue(settled, 90, now - 1)).toBe(false);
    expect(isRotationDue(settled, 91, now)).toBe(false);
  });

  test("only when the pending key may be activated", () => {
    expect(isRotationDue(young, 90, now)).toBe(false);
    expect(isRotationDue(young, 90, now + 1)).toBe(true);
  });

  test("never at 0 days", () => {
    expect(isRotationDue(settled, 0, now + 1_000 * day)).toBe(false);
  });
});
