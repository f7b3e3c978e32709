import type { Selection } from "@hr/access";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isNonNullType } from "graphql";
import type { JsonObject } from "./json.ts";
import { randomOperations } from "./test-operations.ts";
import { compileWriter } from "./write-response.ts";
import { randomData } from "./write-test-data.ts";
import { filtered, prefix, schema, sent, slowly } from "./write-test-graph.ts";

describe.each(["code", "closures"] as const)("by %s", (form) => {
  const write = (source: string, json: string, scopes: readonly string[]) => {
    const input = { schema, prefix, filtered: filtered(source, scopes) };
    return compileWriter(input, form)?.(JSON.parse(json) as JsonObject);
  };

  test("text is written only where nothing is wrong, and is what the slow way makes", () => {
    const seen = { written: 0, refused: 0 };
    fc.assert(
      fc.property(
        randomOperations(schema),
        fc.subarray(["vault", "secret", "strict"]),
        fc.nat(),
        fc.constantFrom(0, 1, 5),
        ({ source }, scopes, seed, trouble) => {
          const json = dataFor(source, scopes, { seed, trouble });
          const text = write(source, json, scopes);
          seen[text === undefined ? "refused" : "written"] += 1;
          if (text === undefined) return;
          const root = JSON.parse(json) as JsonObject;
          const slow = slowly(filtered(source, scopes), root);
          expect({ problems: [], text }).toEqual(slow);
        },
      ),
      { numRuns: 1_000, seed: 5 },
    );
    expect(seen.written).toBeGreaterThan(400);
    expect(seen.refused).toBeGreaterThan(100);
  });

  test("data that are as promised are written, unless something was refused that may not be null", () => {
    let written = 0;
    fc.assert(
      fc.property(
        randomOperations(schema),
        fc.subarray(["vault", "secret"]),
        fc.nat(),
        ({ source }, some, seed) => {
          const scopes = [...some, "strict"];
          const operation = filtered(source, scopes);
          const json = dataFor(source, scopes, { seed, trouble: 0 });
          const slow = slowly(operation, JSON.parse(json) as JsonObject);
          const text = write(source, json, scopes);
          expect(slow.problems).toEqual([]);
          if (text === undefined && takesAway(operation.selections)) return;
          expect(text).toBe(slow.text);
          written += 1;
        },
      ),
      { numRuns: 600, seed: 6 },
    );
    expect(written).toBeGreaterThan(500);
  });
});

/** Whether something is refused, below nothing refused, that may not be null. */
function takesAway(selections: readonly Selection[]): boolean {
  return selections.some((one) => {
    if (one.kind === "field" && one.outcome !== "kept")
      return isNonNullType(one.type);
    return takesAway(one.selections);
  });
}

/** Merged data, as JSON text. */
function dataFor(
  source: string,
  scopes: readonly string[],
  { seed, trouble }: { readonly seed: number; readonly trouble: number },
): string {
  const wire = sent(filtered(source, scopes));
  const draw = dice(seed);
  return wire ? randomData({ schema, draw, trouble }, wire) : "{}";
}

/** Numbers that follow from a seed. */
function dice(seed: number): (max: number) => number {
  let state = seed >>> 0;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * (max + 1));
  };
}
