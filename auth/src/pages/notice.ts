import { html } from "./html.ts";
import type { Page } from "./page.ts";
import type { Words } from "./words.en.ts";

/** A request that leads nowhere: says what happened, and what to do. */
export function faultPage(
  words: Words,
  status: number,
  fault: { readonly title: string; readonly text: string },
): Page {
  return {
    words,
    status,
    title: words.error(fault.title),
    content: html`<div class="card">
      <h1>${fault.title}</h1>
      <div class="alert" role="alert"><p>${fault.text}</p></div>
    </div>`,
  };
}

/** A visit to the sign-in that cannot go on. */
export function noticePage(words: Words, kind: keyof Words["faults"]): Page {
  const statuses = {
    foreignForm: 403,
    expired: 400,
    unreadable: 400,
    notFound: 404,
  };
  return faultPage(words, statuses[kind], words.faults[kind]);
}

/** An OAuth error that cannot be told to the client. */
export function errorPage(words: Words, status: number, error: string): Page {
  const { title, code, texts } = words.errors;
  const text = new Map(Object.entries(texts)).get(error) ?? texts.other;
  const page = faultPage(words, status, { title, text });
  return {
    ...page,
    content: html`${page.content}
      <p class="soft below">${code} <code>${error}</code></p>`,
  };
}
