import { html } from "./html.ts";
import type { Page } from "./page.ts";

export type ConsentView = {
  readonly path: string;
  readonly clientName: string;
  readonly personName: string;
  /** What the client would get now, with the sentences of the vocabulary. */
  readonly scopes: readonly {
    readonly name: string;
    readonly description: string;
  }[];
};

export function consentPage(view: ConsentView): Page {
  const { path, clientName, personName, scopes } = view;
  const items = scopes.map(
    ({ name, description }) =>
      html`<li>${description} <code>${name}</code></li>`,
  );
  return {
    status: 200,
    title: `Allow ${clientName}`,
    content: html`<div class="card">
      <h1>Allow ${clientName}?</h1>
      <p>
        Signed in as ${personName}. ${clientName} asks to act for you, as far as
        your role allows, now and when your role changes. Today that is:
      </p>
      <ul class="scopes">
        ${items}
      </ul>
      <form method="post" action="${path}/confirm">
        <button type="submit">Allow</button>
      </form>
      <form method="post" action="${path}/abort">
        <button type="submit" class="second">Deny</button>
      </form>
    </div>`,
  };
}
