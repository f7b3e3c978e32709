import { html } from "./html.ts";
import type { Page } from "./page.ts";

/** A request that leads nowhere: says what happened, and what to do. */
export function faultPage(
  status: number,
  fault: { readonly title: string; readonly text: string },
): Page {
  return {
    status,
    title: `Error: ${fault.title}`,
    content: html`<div class="card">
      <h1>${fault.title}</h1>
      <div class="alert" role="alert"><p>${fault.text}</p></div>
    </div>`,
  };
}
