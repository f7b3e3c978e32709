import { type Html, html } from "./html.ts";
import type { Page } from "./page.ts";

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
    | { readonly kind: "refused" }
    | { readonly kind: "locked"; readonly seconds: number };
  /** Sign-ins of the demo company, in development only. */
  readonly demo?: Demo | undefined;
};

export function loginPage(view: LoginView): Page {
  const { path, clientName, signIn, fault } = view;
  const wrong = fault?.kind === "refused";
  const invalid = wrong && html`aria-invalid="true" aria-describedby="fault"`;
  return {
    status: { none: 200, refused: 400, locked: 429 }[fault?.kind ?? "none"],
    title: fault ? "Error: Sign in" : "Sign in",
    content: html`<div class="card">
        <h1>Sign in</h1>
        <p class="soft">to continue to ${clientName}</p>
        ${fault && html`<div class="alert" role="alert" id="fault"><p>${textOf(fault)}</p></div>`}
        <form method="post" action="${path}/login">
          <label for="sign-in">Email</label>
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
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            required
            ${invalid}
            ${signIn !== "" && html`autofocus`}
          />
          <button type="submit">Sign in</button>
        </form>
        <form method="post" action="${path}/abort">
          <button type="submit" class="second">Cancel</button>
        </form>
      </div>
      ${view.demo && demoHint(path, view.demo)}`,
  };
}

function textOf(fault: NonNullable<LoginView["fault"]>): string {
  if (fault.kind === "refused")
    return "The email or the password is not right. Check both and try again.";
  const minutes = Math.ceil(fault.seconds / 60);
  return fault.seconds < 60
    ? `Too many attempts. Try again in ${fault.seconds} seconds.`
    : `Too many attempts. Try again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
}

function demoHint(path: string, { password, people }: Demo): Html {
  const items = people.map(
    ({ login, sees }) =>
      html`<li>
        <a href="${path}?sign_in=${encodeURIComponent(login)}">${login}</a>
        <span>${sees}</span>
      </li>`,
  );
  return html`<section class="demo" aria-labelledby="demo">
    <h2 id="demo">Demo company – development only</h2>
    <p>Choose somebody; the password of all is <code>${password}</code>.</p>
    <ul>
      ${items}
    </ul>
  </section>`;
}
