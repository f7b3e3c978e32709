import type { IncomingMessage } from "node:http";
import accepts from "accepts";
import { german } from "./words.de.ts";
import { type Words, english } from "./words.en.ts";

const languages: ReadonlyMap<string, Words> = new Map([
  ["en", english],
  ["de", german],
]);

/**
 * The words a person reads: the first language we have of `ui_locales` (OpenID
 * Connect Core, section 3.1.2.1), else the best of `Accept-Language` (RFC 9110,
 * section 12.5.4), else English.
 */
export function wordsFor(request: IncomingMessage, uiLocales?: unknown): Words {
  const tags = typeof uiLocales === "string" ? uiLocales.split(" ") : [];
  const wished = tags.map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  const accepted = accepts(request).language([...languages.keys()]);
  const found = [...wished, accepted || ""].find((tag) => languages.has(tag));
  return languages.get(found ?? "") ?? english;
}

/** `in 5 minutes`: whole minutes, rounded up; below one, seconds. */
export function inTime(language: string, seconds: number): string {
  const format = new Intl.RelativeTimeFormat(language);
  return seconds < 60
    ? format.format(seconds, "second")
    : format.format(Math.ceil(seconds / 60), "minute");
}

/** `March 3, 2026` */
export function onDay(language: string, date: Date): string {
  const format = { dateStyle: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language, format).format(date);
}
