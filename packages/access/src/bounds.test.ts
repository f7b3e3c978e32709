import { describe, expect, test } from "@jest/globals";
import { Kind, parse } from "graphql";
import { measureOperation } from "./bounds.ts";

describe("the size of an operation", () => {
  const sizeOf = (source: string) => {
    const { definitions } = parse(source);
    const operation = definitions.find(
      (one) => one.kind === Kind.OPERATION_DEFINITION,
    );
    const fragments = definitions.filter(
      (one) => one.kind === Kind.FRAGMENT_DEFINITION,
    );
    if (!operation) throw new Error("no operation");
    return measureOperation(
      operation,
      new Map(fragments.map((one) => [one.name.value, one])),
    );
  };

  test("counts fragments where they are used, without expanding them", () => {
    expect(sizeOf("{ a { b c } }")).toMatchObject({ selections: 3, depth: 2 });
    expect(sizeOf("{ ...F ...F } fragment F on Q { a { b } }")).toMatchObject({
      selections: 6,
      depth: 2,
    });
    const fragments = Array.from(
      { length: 60 },
      (_, n) => `fragment F${n} on Q { ...F${n + 1} ...F${n + 1} }`,
    );
    const { selections } = sizeOf(
      `{ ...F0 } ${fragments.join(" ")} fragment F60 on Q { a }`,
    );
    expect(selections).toBeGreaterThan(2 ** 60);
  });

  test("is infinite where fragments go in a circle", () => {
    expect(
      sizeOf("{ ...F } fragment F on Q { ...G } fragment G on Q { ...F }")
        .selections,
    ).toBe(Infinity);
  });
});
