import { expect, test } from "@jest/globals";
import type { JsonObject } from "./json.ts";
import { copy, merge } from "./merge.ts";

const json = (text: string) => JSON.parse(text) as JsonObject;

test("objects are merged, lists of one length too, and anything else is replaced", () => {
  const target = json(
    '{"a":{"x":1,"y":1},"b":[{"x":1},[{"x":1}]],"c":[1],"d":1,"e":{"x":1}}',
  );
  merge(
    target,
    json(
      '{"a":{"y":2,"z":2},"b":[{"y":2},[{"y":2}]],"c":[2,2],"d":{"x":2},"e":null,"f":2}',
    ),
  );
  expect(target).toEqual({
    ...{ a: { x: 1, y: 2, z: 2 }, b: [{ x: 1, y: 2 }, [{ x: 1, y: 2 }]] },
    ...{ c: [2, 2], d: { x: 2 }, e: null, f: 2 },
  });
});

test.each(["__proto__", "constructor", "toString"])(
  "%s is a key like any other",
  (key) => {
    const source = json(`{"${key}":{"x":1},"in":{"${key}":{"x":1}}}`);
    for (const start of ["{}", '{"in":{}}', `{"${key}":{"y":1}}`]) {
      const target = json(start);
      merge(target, copy(source));
      expect(Object.getPrototypeOf(target)).toBe(Object.prototype);
      expect(Object.keys(target)).toContain(key);
      expect(JSON.stringify(target["in"])).toBe(`{"${key}":{"x":1}}`);
    }
    expect({}).not.toHaveProperty("x");
  },
);

test("a copy shares nothing with what it was made of", () => {
  const source = { a: [{ b: { c: 1 } }], d: null };
  const made = copy(source);
  merge(made, { a: [{ b: { c: 2 } }] });
  expect(source).toEqual({ a: [{ b: { c: 1 } }], d: null });
  expect(made).toEqual({ a: [{ b: { c: 2 } }], d: null });
});
