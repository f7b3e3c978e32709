import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { inTime, wordsFor } from "./language.ts";

function languageOf(accepted?: string, uiLocales?: unknown): string {
  const request = new IncomingMessage(new Socket());
  if (accepted !== undefined) request.headers["accept-language"] = accepted;
  return wordsFor(request, uiLocales).language;
}

test.each([
  ["de", "de"],
  ["de-AT, en;q=0.8", "de"],
  ["DE-CH-1996", "de"],
  ["fr, de;q=0.7, en;q=0.3", "de"],
  ["en;q=0.3, de;q=0.7", "de"],
  ["de;q=0, *", "en"],
  ["en-GB, de;q=0.9", "en"],
  ["fr", "en"],
  ["*", "en"],
  ["", "en"],
  [undefined, "en"],
  ["denmark", "en"],
  ["__proto__", "en"],
])("Accept-Language %s reads %s", (accepted, language) => {
  expect(languageOf(accepted)).toBe(language);
});

test.each([
  ["de", "de"],
  ["de-CH en", "de"],
  ["fr-CA DE en", "de"],
  ["en de", "en"],
  ["fr", "en"],
  ["", "en"],
  ["dense", "en"],
  [["de"], "en"],
  [undefined, "en"],
])("ui_locales %s reads %s", (uiLocales, language) => {
  expect(languageOf("en", uiLocales)).toBe(language);
});

test("ui_locales wins over what the browser says, unless we have none of it", () => {
  expect(languageOf("de", "en")).toBe("en");
  expect(languageOf("de", "fr it")).toBe("de");
});

describe("a wait", () => {
  test.each([
    [1, "in 1 second", "in 1 Sekunde"],
    [59, "in 59 seconds", "in 59 Sekunden"],
    [60, "in 1 minute", "in 1 Minute"],
    [61, "in 2 minutes", "in 2 Minuten"],
    [900, "in 15 minutes", "in 15 Minuten"],
  ])("of %d s is said in words", (seconds, english, german) => {
    expect(inTime("en", seconds)).toBe(english);
    expect(inTime("de", seconds)).toBe(german);
  });
});
