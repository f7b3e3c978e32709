import { createHash } from "node:crypto";
import { type Html, html, trusted } from "./html.ts";
import { style } from "./style.ts";

export type Page = {
  readonly status: number;
  readonly title: string;
  readonly content: Html;
};

const styleHash = createHash("sha256").update(style).digest("base64");

/**
 * Goes with every page. There is no `form-action`: Chromium applies it to the
 * redirect that follows a form too, and would stop the way back to the client.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'`,
};

export function renderPage({ title, content }: Page): string {
  const head = html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} – HR</title>`;
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        ${head}${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;
  return markup;
}
