import { describe, expect, test } from "@jest/globals";
import { difference } from "./difference.ts";

describe("between two JSON values", () => {
  test("there is none when only the order of keys differs", () => {
    expect(difference({ a: [1], b: null }, { b: null, a: [1] })).toBe(
      undefined,
    );
  });

  test("it is told with its path", () => {
    const [found, wanted] = [1, 2].map((id) => ({ me: { list: [{ id }] } }));
    expect(difference(found, wanted)).toBe(
      "data.me.list.0.id is 1 instead of 2",
    );
  });

  test("what nobody asked for is one", () => {
    expect(difference({ "@": null }, {})).toBe(
      "data.@ is null instead of missing",
    );
  });

  test("a missing key is not null", () => {
    expect(difference({}, { pay: null })).toBe(
      "data.pay is missing instead of null",
    );
  });

  test("an empty list is no empty object", () => {
    expect(difference([], {})).toBe("data is of another kind");
  });
});
