import { basename } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { OptionError, readOptions } from "./options.ts";

const contendersOf = (suite: string, ...args: string[]) =>
  readOptions(args)
    .suites.find(({ name }) => name === suite)
    ?.contenders.map(({ name }) => name);

describe("what is run", () => {
  test("is everything when nothing is said", () => {
    const names = readOptions([]).suites.map(({ name }) => name);
    expect(names).toEqual(["gateway", "growth", "subgraph"]);
  });

  test("is narrowed by a word in its own kind only", () => {
    const { suites } = readOptions(["--only", "stock,deep"]);
    expect(suites.map(({ name }) => name)).toEqual(["gateway"]);
    expect(suites[0]?.contenders.map(({ name }) => name)).toEqual(["stock"]);
    expect(suites[0]?.operations.map(({ name }) => name)).toEqual(["deep"]);
  });

  test("is no suite that has nothing of what was named", () => {
    const { suites } = readOptions(["--only", "ours,floor,grow-100"]);
    expect(suites.map(({ name }) => name)).toEqual(["growth"]);
  });

  test("keeps the rivals unless they are left out", () => {
    expect(contendersOf("gateway")).toContain("hive");
    expect(contendersOf("gateway", "--without", "rivals")).toEqual([
      "ours",
      "ours-unprepared",
      "ours-open",
      "stock",
      "floor",
    ]);
  });

  test("is never a name nobody has", () => {
    expect(() => readOptions(["--without", "nobody"])).toThrow(OptionError);
    expect(() => readOptions(["--only", "rivals"])).toThrow(OptionError);
  });
});

describe("the tables are written", () => {
  test("into the record when all is run", () => {
    expect(basename(readOptions([]).out ?? "")).toBe("results.md");
  });

  test("nowhere when something is left out", () => {
    expect(readOptions(["--only", "ours"]).out).toBe(undefined);
    expect(readOptions(["--without", "rivals"]).out).toBe(undefined);
  });

  test("wherever one likes", () => {
    const { out } = readOptions(["--only", "ours", "--out", "/tmp/some.md"]);
    expect(out).toBe("/tmp/some.md");
  });
});
