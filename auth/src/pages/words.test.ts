import { describe, expect, test } from "@jest/globals";
import { german } from "./words.de.ts";
import { english } from "./words.en.ts";

/** Every sentence by its path; what is filled in stands as ‹it›. */
function sentences(words: unknown, path = ""): Map<string, string> {
  if (typeof words === "string") return new Map([[path, words]]);
  if (typeof words === "function")
    return new Map([[path, (words as (it: string) => string)("‹it›")]]);
  const entries = Object.entries(words as object);
  return new Map(
    entries.flatMap(([key, value]) => [...sentences(value, `${path} ${key}`)]),
  );
}

const inEnglish = sentences(english);
const inGerman = sentences(german);

test("nothing is left in English", () => {
  const same = [...inEnglish].filter(([path, text]) => {
    return inGerman.get(path) === text;
  });
  expect(same).toEqual([[" device code", "Code"]]);
});

test("no sentence is empty, and what is filled in shows in both languages", () => {
  expect([...inGerman.keys()]).toEqual([...inEnglish.keys()]);
  for (const [path, text] of inEnglish) {
    expect(text).not.toBe("");
    expect(inGerman.get(path)?.includes("‹it›")).toBe(text.includes("‹it›"));
  }
});

describe.each([
  ["English", english],
  ["German", german],
])("in %s", (_, { scopes }) => {
  test("no two scopes read alike, and each is a sentence", () => {
    const texts = Object.values(scopes);
    expect(new Set(texts).size).toBe(texts.length);
    for (const text of texts) expect(text).toMatch(/^\p{Lu}.*[^.]\.$/u);
  });
});

test("German addresses people formally", () => {
  for (const text of inGerman.values())
    expect(text).not.toMatch(/\b(du|dein\w*|dir|dich|ihr)\b/);
});
