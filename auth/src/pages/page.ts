import { createHash } from "node:crypto";
import { type Html, html, trusted } from "./html.ts";
import { style } from "./style.ts";
import type { Words } from "./words.en.ts";

export type Page = {
  readonly words: Words;
  readonly status: number;
  readonly title: string;
  readonly content: Html;
  /** Runs as it stands, and may ask nobody; a page without one runs nothing. */
  readonly script?: string;
};

export function headersOf({ words, script }: Page) {
  const run = script === undefined ? [] : [`script-src ${hashOf(script)}`];
  return {
    "content-type": "text/html; charset=utf-8",
    "content-language": words.language,
    vary: "accept-language",
    "cache-control": "no-store",
    ...guards(...run),
  };
}

/**
 * The guards of every page, and what it may do beyond showing itself. There is no
 * `form-action`: Chromium applies it to the redirect that follows a form too, and
 * would stop the way back to the client.
 */
export function guards(...allowances: readonly string[]) {
  const policy = [
    "default-src 'none'",
    `style-src ${styleHash}`,
    ...allowances,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": policy.join("; "),
  };
}

export function renderPage({ words, title, content, script }: Page): string {
  const head = html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} – HR</title>`;
  const { markup } = html`<!doctype html>
    <html lang="${words.language}">
      <head>
        ${head}${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <header class="brand">HR</header>
        <main>${content}</main>
        ${script !== undefined && trusted(`<script>${script}</script>`)}
      </body>
    </html>`;
  return markup;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

const styleHash = hashOf(style);
