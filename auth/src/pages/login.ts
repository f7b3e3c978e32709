import { type Html, html } from "./html.ts";
import { inTime } from "./language.ts";
import type { Page } from "./page.ts";
import { passkeyForm, passkeyScript } from "./passkey-form.ts";
import type { Words } from "./words.en.ts";

export type Demo = {
  readonly password: string;
  readonly people: readonly { readonly login: string; readonly sees: string }[];
};

export type LoginView = {
  /** Path of the interaction; the forms post below it. */
  readonly path: string;
  readonly clientName: string;
  readonly signIn: string;
  readonly fault?:
    | { readonly kind: "refused" | "passkey-refused" }
    | { readonly kind: "locked"; readonly seconds: number };
  /** For `navigator.credentials.get`. */
  readonly passkey: object;
  /** Sign-ins of the demo company, in development only. */
  readonly demo?: Demo | undefined;
};

export function loginPage(words: Words, view: LoginView): Page {
  const { path, clientName, signIn, fault } = view;
  const { login } = words;
  const wrong = fault?.kind === "refused";
  const invalid = wrong && html`aria-invalid="true" aria-describedby="fault"`;
  return {
    words,
    status: fault ? (fault.kind === "locked" ? 429 : 400) : 200,
    title: fault ? words.error(login.title) : login.title,
    script: passkeyScript,
    content: html`<div class="card">
        <h1>${login.title}</h1>
        <p class="soft">${login.toContinue(clientName)}</p>
        ${fault && html`<div class="alert" role="alert" id="fault"><p>${textOf(words, fault)}</p></div>`}
        <form method="post" action="${path}/login">
          <label for="sign-in">${login.email}</label>
          <input
            id="sign-in"
            name="sign_in"
            type="email"
            value="${signIn}"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            required
            ${invalid}
            ${signIn === "" && html`autofocus`}
          />
          <label for="password">${login.password}</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            required
            ${invalid}
            ${signIn !== "" && html`autofocus`}
          />
          <button type="submit">${login.submit}</button>
        </form>
        ${passkeyForm({
          action: `${path}/passkey`,
          does: "use",
          options: view.passkey,
          button: login.passkey,
          second: true,
          failed: login.passkeyFailed,
        })}
        <form method="post" action="${path}/abort">
          <button type="submit" class="second quiet">${login.cancel}</button>
        </form>
      </div>
      ${view.demo && demoHint(words, path, view.demo)}`,
  };
}

function textOf(words: Words, fault: NonNullable<LoginView["fault"]>): string {
  if (fault.kind === "locked")
    return words.tooManyAttempts(inTime(words.language, fault.seconds));
  const { refused, passkeyRefused } = words.login;
  return fault.kind === "refused" ? refused : passkeyRefused;
}

/** What each person sees is told in English only. */
function demoHint({ demo }: Words, path: string, view: Demo): Html {
  const items = view.people.map(
    ({ login, sees }) =>
      html`<li>
        <a href="${path}?sign_in=${encodeURIComponent(login)}">
          <strong>${login}</strong> <span lang="en">${sees}</span>
        </a>
      </li>`,
  );
  return html`<section class="demo" aria-labelledby="demo">
    <h2 id="demo">${demo.title}</h2>
    <p>${demo.text} <code>${view.password}</code>.</p>
    <ul>
      ${items}
    </ul>
  </section>`;
}
