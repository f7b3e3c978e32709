import type { KnownPasskey } from "../passkeys.ts";
import { type Html, html } from "./html.ts";
import { inTime, onDay } from "./language.ts";
import { faultPage } from "./notice.ts";
import type { Page } from "./page.ts";
import { passkeyForm, passkeyScript, withoutPasskeys } from "./passkey-form.ts";
import type { Words } from "./words.en.ts";

export type PasskeyView = {
  /** Path of the interaction; the forms post below it. */
  readonly path: string;
  readonly personName: string;
  readonly options: object;
  /** The last answer was not accepted. */
  readonly refused: boolean;
};

/** Asks for one of the passkeys the person has. */
export function usePasskeyPage(words: Words, view: PasskeyView): Page {
  const { use, without, failed } = words.passkey;
  const content = html`<p>${use.text}</p>
    ${withoutPasskeys(without)}
    ${passkeyForm({
      action: `${view.path}/use`,
      does: "use",
      options: view.options,
      button: use.submit,
      failed,
    })}
    ${cancel(words, view)}`;
  return passkeyPage(words, view, { title: use.title, content });
}

/** Asks for the first passkey to be made. */
export function firstPasskeyPage(words: Words, view: PasskeyView): Page {
  const { first, without, failed } = words.passkey;
  const content = html`<p>${first.text}</p>
    <p>${first.next}</p>
    ${withoutPasskeys(without)}
    ${passkeyForm({
      action: `${view.path}/add`,
      does: "make",
      options: view.options,
      button: first.submit,
      failed,
    })}
    ${cancel(words, view)}`;
  return passkeyPage(words, view, { title: first.title, content });
}

/** What the person has, to add to and remove from. */
export function passkeysPage(
  words: Words,
  view: PasskeyView & { readonly passkeys: readonly KnownPasskey[] },
): Page {
  const { kept, failed } = words.passkey;
  const { path, passkeys } = view;
  const removable = passkeys.length > 1;
  const items = passkeys.map(
    (passkey) =>
      html`<li>
        ${describe(words, passkey)}
        ${removable && removal(words, path, passkey)}
      </li>`,
  );
  const content = html`<p>${kept.text}</p>
    <ul class="scopes">
      ${items}
    </ul>
    ${!removable && html`<p class="soft">${kept.last}</p>`}
    <form method="post" action="${path}/continue">
      <button type="submit">${kept.continue}</button>
    </form>
    ${passkeyForm({
      action: `${path}/add`,
      does: "make",
      options: view.options,
      button: kept.add,
      second: true,
      failed,
    })}`;
  return passkeyPage(words, view, { title: kept.title, content });
}

/** Too many passkeys were refused. */
export function tooManyPage(words: Words, seconds: number): Page {
  const { title } = words.passkey.use;
  const text = words.tooManyAttempts(inTime(words.language, seconds));
  return faultPage(words, 429, { title, text });
}

function passkeyPage(
  words: Words,
  view: PasskeyView,
  { title, content }: { readonly title: string; readonly content: Html },
): Page {
  const { passkey, consent } = words;
  const fault = html`<div class="alert" role="alert">
    <p>${passkey.refused}</p>
  </div>`;
  return {
    words,
    status: view.refused ? 400 : 200,
    title: view.refused ? words.error(title) : title,
    script: passkeyScript,
    content: html`<div class="card">
      <h1>${title}</h1>
      <p class="soft">${consent.signedIn(view.personName)}</p>
      ${view.refused && fault} ${content}
    </div>`,
  };
}

function cancel({ login }: Words, { path }: PasskeyView): Html {
  return html`<form method="post" action="${path}/abort">
    <button type="submit" class="second quiet">${login.cancel}</button>
  </form>`;
}

function describe(words: Words, passkey: KnownPasskey): Html {
  const { kinds, added, used } = words.passkey.kept;
  const { deviceType, createdAt, lastUsedAt } = passkey;
  const on = (date: Date) => onDay(words.language, date);
  return html`<div id="passkey-${passkey.id}">
    ${kinds[deviceType]}
    <p class="hint">
      ${added(on(createdAt))} ${lastUsedAt !== null && used(on(lastUsedAt))}
    </p>
  </div>`;
}

function removal({ passkey }: Words, path: string, { id }: KnownPasskey): Html {
  return html`<form method="post" action="${path}/remove">
    <input type="hidden" name="passkey" value="${id}" />
    <button type="submit" class="second" aria-describedby="passkey-${id}">
      ${passkey.kept.remove}
    </button>
  </form>`;
}
