import { describe, expect, test } from "@jest/globals";
import { readManifest, sha256 } from "./manifest.ts";
import { type Entry, manifestOf, manifestText } from "./test-manifest.ts";

const pen = { name: "Pen", body: "query Pen { pen }" };
const ink = { name: "Ink", body: "query Ink { ink }", id: "ink-2" };

describe("a manifest", () => {
  test("knows a document by its id, its SHA-256, and its text to the letter", () => {
    const manifest = manifestOf(pen, ink);
    const ids = ["ink-2", sha256(ink.body), `sha256:${sha256(ink.body)}`];
    expect(ids.map(manifest.textOf)).toEqual([ink.body, ink.body, ink.body]);
    expect(manifest.textOf("ink-3")).toBeUndefined();
    expect(manifest.textOf("sha256:ink-2")).toBeUndefined();
    expect(manifest.holds(ink.body)).toBe(true);
    expect(manifest.holds(`${ink.body} `)).toBe(false);
  });

  test("lists its documents in its own order", () => {
    expect(manifestOf(pen, ink).documents).toEqual([
      pen,
      { name: ink.name, body: ink.body },
    ]);
  });

  test("may hold one name twice, for old and new clients, and one body by two ids", () => {
    const before = { ...pen, body: "query Pen { pen pencil }" };
    const again = { ...pen, id: "pen" };
    expect(manifestOf(pen, before, again).documents).toHaveLength(3);
  });

  test("may say more than is read, such as what an operation needs", () => {
    const more = { requiredScopes: [["a", "b"], []], clientName: "web" };
    expect(manifestOf({ ...pen, ...more }).documents).toEqual([pen]);
  });

  test.each<[string, string]>([
    ["{", "it is no JSON"],
    ["null", "the whole: "],
    [
      '{"format":"relay","version":2,"operations":{}}',
      'format: give "apollo-persisted-query-manifest"\n  version: give 1\n  operations: give a list of operations',
    ],
    [manifestText(), "operations: give at least one operation"],
    [
      manifestText(...Array<Entry>(10_001).fill(pen)),
      "operations: give at most 10000 operations",
    ],
    [" ".repeat(16_777_217), "it is above 16777216 characters"],
  ])("is refused as a whole for what it is (%#)", (text, fault) => {
    expect(() => readManifest(text, 1_000)).toThrow(fault);
  });

  test("is refused with every fault and the operation it is in", () => {
    const text = manifestText(
      { ...pen, id: "pen", type: "mutation" },
      { name: "Half", body: "query Half {\n  pen" },
      { name: "Two", body: "query Two { a } query Three { b }" },
      { name: "Long", body: `query Long { ${"a ".repeat(1_000)} }` },
      { ...ink, id: "" },
      { ...ink, id: sha256(pen.body) },
      { ...ink, id: `sha256:${"0".repeat(64)}` },
      { name: "Huge", body: "#".repeat(200_001) },
      { name: "Pen", body: "query Pen { nib }", id: "twice" },
      { ...ink, id: "twice" },
    );
    expect(faultsOf(text)).toEqual([
      "operation 1 (Pen), body: it is not the mutation Pen: give the one it names",
      "operation 2 (Half), body, line 2, column 6: Syntax Error: Expected Name, found <EOF>.",
      "operation 3 (Two), body: it holds 2 operations: give one",
      "operation 4 (Long), body, line 1, column 2008: Syntax Error: Document contains more that 1000 tokens. Parsing aborted.",
      "operation 5 (Ink), id: give an id of 1 to 256 characters",
      "operation 8 (Huge), body: give one GraphQL operation with its fragments, of at most 200000 characters",
      "operation 6 (Ink), id: it is the SHA-256 of operation 1 (Pen)",
      "operation 7 (Ink), id: it is not the SHA-256 of its body",
      "operation 10 (Ink), id: operation 9 (Pen) has it: give another",
    ]);
  });

  test("is refused when it lists one operation twice", () => {
    expect(faultsOf(manifestText(pen, ink, pen))).toEqual([
      "operation 3 (Pen), id: operation 1 (Pen) has it: give another",
    ]);
  });

  test("is refused for a body that is nested beyond what can be read", () => {
    const body = `query Deep ${"{a".repeat(50_000)}${"}".repeat(50_000)}`;
    const text = manifestText({ name: "Deep", body });
    expect(() => readManifest(text, 1_000_000)).toThrow(
      "operation 1 (Deep), body: it is nested too deeply to be read",
    );
  });

  test.each([
    [{ type: "fragment" }, "type: give query or mutation"],
    [{ name: undefined }, "operation 1, name: give the operation's name"],
    [{ requiredScopes: ["a"] }, "requiredScopes.0: give a list"],
    [{ body: "fragment F on Pen { id }" }, "body: it holds 0 operations"],
  ])("is refused for an operation with %j", (wrong, fault) => {
    const text = manifestText({ ...pen, ...wrong } as Entry);
    expect(faultsOf(text).join()).toContain(fault);
  });
});

function faultsOf(text: string): readonly string[] {
  try {
    readManifest(text, 1_000);
  } catch (error) {
    return (error as Error).message.split("\n").map((line) => line.trim());
  }
  return [];
}
