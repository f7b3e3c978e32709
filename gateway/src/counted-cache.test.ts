import { expect, test } from "@jest/globals";
import { createCountedCache } from "./counted-cache.ts";

const one = { name: "one" };
const other = { name: "other" };

test("finds what was put in, and counts hits and misses", () => {
  const cache = createCountedCache<object>({ entries: 2 });
  expect(cache.get("a")).toBeUndefined();
  cache.set("a", one);
  expect(cache.get("a")).toBe(one);
  expect(cache.get("a")).toBe(one);
  expect(cache.stats()).toEqual({
    ...{ entries: 1, bytes: 0, hits: 2, misses: 1, evictions: 0 },
  });
});

test("gives up what was not used for longest beyond so many entries", () => {
  const cache = createCountedCache<object>({ entries: 2 });
  for (const key of ["a", "b"]) cache.set(key, one);
  cache.get("a");
  cache.set("c", other);
  expect(cache.get("b")).toBeUndefined();
  expect(cache.get("a")).toBe(one);
  expect(cache.stats()).toMatchObject({ entries: 2, evictions: 1 });
});

test("gives up beyond so many bytes, and keeps nothing larger than a fiftieth of them", () => {
  const cache = createCountedCache<{ readonly text: string }>({
    ...{ entries: 100, bytes: 500 },
    bytesOf: ({ text }, key) => key.length + text.length,
  });
  const largest = { text: "1234567" };
  for (let n = 100; n < 150; n += 1) cache.set(`${n}`, largest);
  const full = { entries: 50, bytes: 500 };
  expect(cache.stats()).toMatchObject({ ...full, evictions: 0 });
  cache.set("150", largest);
  expect(cache.stats()).toMatchObject({ ...full, evictions: 1 });
  cache.set("151", { text: "12345678" });
  expect(cache.get("151")).toBeUndefined();
  expect(cache.stats()).toMatchObject({ ...full, evictions: 1 });
});

test("a value that takes another's place is no eviction", () => {
  const cache = createCountedCache<object>({ entries: 1 });
  cache.set("a", one);
  cache.set("a", other);
  expect(cache.get("a")).toBe(other);
  expect(cache.stats()).toMatchObject({ entries: 1, evictions: 0 });
});
