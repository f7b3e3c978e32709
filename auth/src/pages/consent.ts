import { html } from "./html.ts";
import type { Page } from "./page.ts";
import { scopeList } from "./scope-list.ts";
import type { Words } from "./words.en.ts";

export type ConsentView = {
  readonly path: string;
  readonly clientName: string;
  readonly personName: string;
  /** What the client would get now. */
  readonly scopes: readonly string[];
};

export function consentPage(words: Words, view: ConsentView): Page {
  const { path, clientName, personName, scopes } = view;
  const { consent } = words;
  return {
    words,
    status: 200,
    title: consent.title(clientName),
    content: html`<div class="card">
      <h1>${consent.title(clientName)}</h1>
      <p class="soft">${consent.signedIn(personName)}</p>
      <p>${consent.text(clientName)}</p>
      ${scopeList(words, scopes)}
      <form class="choice" method="post" action="${path}/confirm">
        <button type="submit">${consent.allow}</button>
        <button type="submit" class="second" formaction="${path}/abort">
          ${consent.deny}
        </button>
      </form>
    </div>`,
  };
}
