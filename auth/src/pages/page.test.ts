import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { consentPage } from "./consent.ts";
import {
  deviceConfirmPage,
  deviceDonePage,
  deviceInputPage,
} from "./device.ts";
import { loginPage } from "./login.ts";
import { logoutPage } from "./logout.ts";
import { errorPage, faultPage } from "./notice.ts";
import { type Page, headersOf, renderPage } from "./page.ts";
import {
  firstPasskeyPage,
  passkeysPage,
  tooManyPage,
  usePasskeyPage,
} from "./passkey.ts";
import { german } from "./words.de.ts";
import { english } from "./words.en.ts";

const evil = `"><b onclick='x'>&`;
const form = `<form method="post" action="https://auth.example/here"><input type="hidden" name="xsrf" value="c0ffee"/></form>`;

const passkeyView = {
  path: "/interaction/1",
  personName: evil,
  options: { challenge: evil },
  refused: true,
};

const passkey = {
  id: "AAAA",
  transports: [],
  deviceType: "singleDevice",
  createdAt: new Date(0),
  lastUsedAt: null,
} as const;

const pages: readonly [string, (words: typeof english) => Page][] = [
  [
    "sign-in",
    (words) =>
      loginPage(words, {
        path: "/interaction/1",
        clientName: evil,
        signIn: evil,
        passkey: { challenge: evil },
        demo: { password: evil, people: [{ login: evil, sees: evil }] },
      }),
  ],
  [
    "consent",
    (words) =>
      consentPage(words, {
        path: "/interaction/1",
        clientName: evil,
        personName: evil,
        scopes: ["leave:read", evil],
      }),
  ],
  [
    "device",
    (words) =>
      deviceInputPage(words, form, { code: evil, error: new Error(evil) }),
  ],
  [
    "device confirmation",
    (words) =>
      deviceConfirmPage(words, form, {
        clientName: evil,
        userCode: evil,
        scopes: [evil],
      }),
  ],
  ["passkey", (words) => usePasskeyPage(words, passkeyView)],
  ["first passkey", (words) => firstPasskeyPage(words, passkeyView)],
  [
    "passkeys",
    (words) =>
      passkeysPage(words, { ...passkeyView, passkeys: [passkey, passkey] }),
  ],
  ["passkey lock", (words) => tooManyPage(words, 60)],
  ["device success", (words) => deviceDonePage(words, evil)],
  ["logout", (words) => logoutPage(words, form)],
  ["error", (words) => errorPage(words, 400, evil)],
  ["notice", (words) => faultPage(words, 400, { title: evil, text: evil })],
];

describe.each(pages)("the %s page", (_, make) => {
  test("shows what others wrote as text", () => {
    expect(renderPage(make(english))).not.toContain("<b onclick");
  });

  test.each([english, german])("is whole, in $language", (words) => {
    const markup = renderPage(make(words));
    expect(markup).toContain(`<html lang="${words.language}">`);
    expect(markup.match(/<h1>/g)).toHaveLength(1);
    expect(markup).not.toMatch(/undefined|\[object|function/);
    expect(markup.match(/https?:/g) ?? []).toHaveLength(
      markup.includes("https://auth.example/here") ? 1 : 0,
    );
    expect(headersOf(make(words))).toMatchObject({
      "content-language": words.language,
      vary: "accept-language",
    });
  });
});

describe("a script of a page", () => {
  const page = faultPage(english, 400, { title: "One", text: "Two" });

  test("runs by its hash, and nothing else is let in", () => {
    const script = "console.info('<&>')";
    const scripted = { ...page, script };
    const hash = createHash("sha256").update(script).digest("base64");
    expect(renderPage(scripted)).toContain(`<script>${script}</script>`);
    expect(policyOf(scripted)).toEqual({
      "default-src": "'none'",
      "style-src": expect.stringMatching(/^'sha256-\S+'$/),
      "script-src": `'sha256-${hash}'`,
      "frame-ancestors": "'none'",
      "base-uri": "'none'",
    });
  });

  test("that is not there is not allowed", () => {
    expect(Object.keys(policyOf(page))).toEqual([
      "default-src",
      "style-src",
      "frame-ancestors",
      "base-uri",
    ]);
  });

  function policyOf(one: Page): Readonly<Record<string, string>> {
    const policy = headersOf(one)["content-security-policy"].split("; ");
    const parts = policy.map((part) => /^(\S+) (.*)$/.exec(part) ?? []);
    return Object.fromEntries(
      parts.map(([, name = "", value = ""]) => [name, value]),
    );
  }
});
