import { html } from "./html.ts";
import type { Page } from "./page.ts";
import { readProviderForm } from "./provider-form.ts";
import type { Words } from "./words.en.ts";

/** @param form the provider's own */
export function logoutPage(words: Words, form: string): Page {
  const { action, xsrf } = readProviderForm(form);
  const { title, question, text, submit, stay } = words.logout;
  return {
    words,
    status: 200,
    title,
    content: html`<div class="card">
      <h1>${question}</h1>
      <p class="soft">${text}</p>
      <form class="choice" method="post" action="${action}">
        <input type="hidden" name="xsrf" value="${xsrf}" />
        <button type="submit" name="logout" value="yes">${submit}</button>
        <button type="submit" class="second">${stay}</button>
      </form>
    </div>`,
  };
}

export function signedOutPage(words: Words): Page {
  const { doneTitle, doneText } = words.logout;
  return {
    words,
    status: 200,
    title: doneTitle,
    content: html`<div class="card">
      <h1>${doneTitle}</h1>
      <p>${doneText}</p>
    </div>`,
  };
}
