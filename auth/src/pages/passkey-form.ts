import { type Html, html } from "./html.ts";

export type PasskeyForm = {
  readonly action: string;
  readonly does: "use" | "make";
  /** For `navigator.credentials`, in JSON. */
  readonly options: object;
  readonly button: string;
  /** Makes it the lesser choice of its page. */
  readonly second?: boolean;
  /** Said when the person or the device gave up. */
  readonly failed: string;
};

/**
 * Posts what a person's passkey answers, as field `credential`. Needs a script, and
 * shows itself only where that runs and the browser knows passkeys.
 */
export function passkeyForm(form: PasskeyForm): Html {
  const { action, does, options, button, second, failed } = form;
  return html`<form
    method="post"
    action="${action}"
    data-passkey="${does}"
    data-options="${JSON.stringify(options)}"
    hidden
  >
    <div class="alert" role="alert" hidden><p>${failed}</p></div>
    <button type="submit" ${second === true && html`class="second"`}>
      ${button}
    </button>
  </form>`;
}

/** What a page with such a form shows where there are no passkeys. */
export function withoutPasskeys(text: string): Html {
  return html`<p class="caution" data-without-passkeys>${text}</p>`;
}

/** For the one such form of a page. */
export const passkeyScript = `
const form = document.querySelector("form[data-passkey]");
const kind = window.PublicKeyCredential;
if (kind?.parseRequestOptionsFromJSON) {
  const { passkey, options } = form.dataset;
  const ask = {
    use: (json) => navigator.credentials.get({
      publicKey: kind.parseRequestOptionsFromJSON(json),
    }),
    make: (json) => navigator.credentials.create({
      publicKey: kind.parseCreationOptionsFromJSON(json),
    }),
  };
  const fault = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fault.hidden = true;
    try {
      const credential = await ask[passkey](JSON.parse(options));
      form.addEventListener("formdata", ({ formData }) => {
        formData.set("credential", JSON.stringify(credential));
      });
      form.submit();
    } catch {
      fault.hidden = false;
    }
  });
  form.hidden = false;
  document.querySelector("[data-without-passkeys]")?.remove();
}
`;
