import { html } from "./html.ts";
import { inTime } from "./language.ts";
import { faultPage } from "./notice.ts";
import type { Page } from "./page.ts";
import { readProviderForm } from "./provider-form.ts";
import { scopeList } from "./scope-list.ts";
import type { Words } from "./words.en.ts";

/** One of the provider's, whose classes it does not export, or any other. */
export type DeviceError = {
  readonly name: string;
  readonly statusCode?: number;
};

/**
 * Asks for the code a device shows (RFC 8628, section 3.3).
 *
 * @param form the provider's own
 * @param view what stands in the field, and why it was not taken
 */
export function deviceInputPage(
  words: Words,
  form: string,
  view: {
    readonly code?: string;
    readonly error?: DeviceError | undefined;
  } = {},
): Page {
  const { device } = words;
  const { code = "", error } = view;
  if (error?.name === "AbortedError")
    return donePage(words, device.deniedTitle, device.deniedText);
  const { action, xsrf } = readProviderForm(form);
  const fault = error && textOf(words, error);
  return {
    words,
    status: error ? statusOf(error) : 200,
    title: fault ? words.error(device.title) : device.title,
    content: html`<div class="card">
      <h1>${device.title}</h1>
      <p class="soft">${device.text}</p>
      ${fault && html`<div class="alert" role="alert" id="fault"><p>${fault}</p></div>`}
      <form method="post" action="${action}">
        <input type="hidden" name="xsrf" value="${xsrf}" />
        <label for="code">${device.code}</label>
        <input
          id="code"
          class="code"
          name="user_code"
          value="${code}"
          maxlength="20"
          inputmode="text"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          required
          autofocus
          aria-describedby="hint${fault && " fault"}"
          ${fault && html`aria-invalid="true"`}
        />
        <p class="hint" id="hint">${device.hint}</p>
        <button type="submit">${device.submit}</button>
      </form>
    </div>`,
  };
}

export type DeviceView = {
  readonly clientName: string;
  readonly userCode: string;
  /** What the device asks for; who signs in is not known yet. */
  readonly scopes: readonly string[];
};

/** Asks whether the code is that of the person's own device (RFC 8628, section 5.4). */
export function deviceConfirmPage(
  words: Words,
  form: string,
  view: DeviceView,
): Page {
  const { action, xsrf } = readProviderForm(form);
  const { clientName, userCode, scopes } = view;
  const { device } = words;
  return {
    words,
    status: 200,
    title: device.confirmTitle(clientName),
    content: html`<div class="card">
      <h1>${device.confirmTitle(clientName)}</h1>
      <p class="soft">${device.compare(clientName)}</p>
      <p class="code">${userCode}</p>
      <p class="caution">${device.warning}</p>
      <p>${device.asks(clientName)}</p>
      ${scopeList(words, scopes)}
      <form class="choice" method="post" action="${action}">
        <input type="hidden" name="xsrf" value="${xsrf}" />
        <input type="hidden" name="user_code" value="${userCode}" />
        <button type="submit" name="confirm" value="yes">
          ${device.continue}
        </button>
        <button type="submit" name="abort" value="yes" class="second">
          ${device.deny}
        </button>
      </form>
    </div>`,
  };
}

export function deviceDonePage(words: Words, clientName: string): Page {
  const { allowedTitle, allowedText } = words.device;
  return donePage(words, allowedTitle, allowedText(clientName));
}

/** For who entered too many codes that do not exist. */
export function deviceLockedPage(words: Words, seconds: number): Page {
  const wait = inTime(words.language, seconds);
  return faultPage(words, 429, {
    title: words.device.title,
    text: words.tooManyAttempts(wait),
  });
}

function donePage(words: Words, title: string, text: string): Page {
  const content = html`<div class="card">
    <h1>${title}</h1>
    <p>${text}</p>
  </div>`;
  return { words, status: 200, title, content };
}

/** The provider answers a code it does not take with 200. */
function statusOf({ statusCode = 500 }: DeviceError): number {
  return Math.max(400, statusCode);
}

function textOf({ device }: Words, { name }: DeviceError): string {
  const { wrong, used, stale, failed } = device.faults;
  const texts = new Map([
    ["NoCodeError", wrong],
    ["NotFoundError", wrong],
    ["ExpiredError", wrong],
    ["AlreadyUsedError", used],
    ["InvalidRequest", stale],
    ["SessionNotFound", stale],
  ]);
  return texts.get(name) ?? failed;
}
