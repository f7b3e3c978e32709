import { html, trusted } from "./html.ts";
import type { Page } from "./page.ts";

/** @param form the provider's own form, which carries its forgery token */
export function logoutPage(form: string): Page {
  return {
    status: 200,
    title: "Sign out",
    content: html`<div class="card">
      <h1>Sign out?</h1>
      <p class="soft">This ends your session in every HR application.</p>
      ${trusted(form)}
      <button type="submit" form="op.logoutForm" name="logout" value="yes">
        Sign out
      </button>
      <button type="submit" form="op.logoutForm" class="second">
        Stay signed in
      </button>
    </div>`,
  };
}

export function signedOutPage(): Page {
  return {
    status: 200,
    title: "Signed out",
    content: html`<div class="card">
      <h1>You are signed out</h1>
      <p>You can close this page.</p>
    </div>`,
  };
}
