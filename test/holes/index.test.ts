import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { mutants } from "../mutants/mutants.ts";
import { type HoleClass, type Proof, badInput, classes } from "./classes.ts";

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
    for (const proof of shown)
      expect([proof, await nameOf(proof)]).toEqual([proof, expect.any(String)]);
  });

  test("has a test that is named for it, with each public reference", async () => {
    const proofs = [one.gateway, one.subgraph].flatMap((shown) =>
      typeof shown === "string" ? [] : shown,
    );
    const names = await Promise.all(proofs.map(nameOf));
    expect(names.some((name) => name?.startsWith(markOf(one)))).toBe(true);
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
    for (const proof of shown)
      expect([proof, await nameOf(proof)]).toEqual([proof, expect.any(String)]);
  },
);

test("a mutant has an id of its own and a place that is there once", async () => {
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  for (const { id, file, find } of mutants) {
    const text = await readFile(join(root, file), "utf8");
    const places = text.split(find).length - 1;
    expect({ id, places }).toEqual({ id, places: 1 });
  }
});

function markOf({ number, references }: HoleClass): string {
  return `hole ${number}${references === undefined ? "" : `, ${references}`}: `;
}

/** The name of a test that begins so, after its mark if it has one; undefined if there is none. */
async function nameOf(proof: Proof): Promise<string | undefined> {
  const [, room = "", path = "", words = ""] =
    /^(\w+)\/(\S+): (.+)$/.exec(proof) ?? [];
  const folder =
    { gateway: "gateway/src", service: "packages/service/src" }[room] ?? room;
  const text = await readFile(join(root, folder, `${path}.test.ts`), "utf8");
  const names = text.matchAll(/(?<=["'`])(hole \d+[^:\n]*: )?[^\n]+/g);
  for (const [name, mark = ""] of names)
    if (name.startsWith(mark + words)) return name;
  return undefined;
}
