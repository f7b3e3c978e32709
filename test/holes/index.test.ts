import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { mutants } from "../mutants/mutants.ts";
import { type Proof, badInput, classes } from "./classes.ts";

const root = resolve(import.meta.dirname, "../..");

test("the classes are numbered 1 to 23, each once", () => {
  expect(classes.map(({ number }) => number)).toEqual(
    Array.from({ length: 23 }, (_, n) => n + 1),
  );
});

describe.each(classes)("hole $number, $hole,", (one) => {
  test.each([
    ["at the gateway", one.gateway],
    ["at a subgraph called directly", one.subgraph],
  ])("is shown closed %s", async (_where, shown) => {
    if (typeof shown === "string") return expect(shown).toMatch(/\.$/);
    expect(shown.length).toBeGreaterThan(0);
    for (const proof of shown) expect(await stands(proof)).toEqual(proof);
  });

  test("is named with its number and every public reference by the tests made for it", () => {
    for (const { test: name } of [one.gateway, one.subgraph].flatMap(proofs)) {
      const [, number] = /^hole (\d+), /.exec(name) ?? [];
      if (number !== String(one.number)) continue;
      for (const reference of one.references) expect(name).toContain(reference);
    }
  });

  test("has a guard that a mutant takes out, or none to take out", () => {
    const id = `hole-${one.number}`;
    const taken = mutants.filter(
      (mutant) => mutant.id === id || mutant.id.startsWith(`${id}-`),
    );
    expect(taken.length > 0).toBe(one.unguarded === undefined);
  });
});

test.each(Object.entries(badInput))(
  "bad input is shown refused: %s",
  async (_what, shown) => {
    for (const proof of shown) expect(await stands(proof)).toEqual(proof);
  },
);

test("a mutant has an id of its own and a place that is there once", async () => {
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  for (const { id, file, find } of mutants) {
    const text = await readFile(join(root, file), "utf8");
    expect({ id, places: text.split(find).length - 1 }).toEqual({
      id,
      places: 1,
    });
  }
});

function proofs(shown: readonly Proof[] | string): readonly Proof[] {
  return typeof shown === "string" ? [] : shown;
}

/** The proof if a name in its file begins so, quoted one way or the other. */
async function stands({ file, test: name }: Proof): Promise<Partial<Proof>> {
  const text = await readFile(join(root, file), "utf8");
  const isThere = ['"', "'", "`"].some((quote) => text.includes(quote + name));
  return isThere ? { file, test: name } : { file };
}
