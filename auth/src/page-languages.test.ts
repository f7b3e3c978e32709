import { createHash } from "node:crypto";
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  test,
} from "@jest/globals";
import {
  type Answer,
  type Browser,
  type TestAuth,
  askDeviceCode,
  authorizationRequest,
  enterDeviceCode,
  hiddenFields,
  letDeviceIn,
  openBrowser,
  signIn,
  startTestAuth,
} from "./testing.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startTestAuth();
});
afterEach(async () => {
  await auth.database.deleteFrom("sign_in_attempt").execute();
});
afterAll(() => auth.close());

const ada = "ada.employee@demo";
const wait =
  /^Zu viele Versuche\. Bitte versuchen Sie es in \d+ Sekunden? erneut\.$/;

describe("the sign-in page", () => {
  test.each([
    ["de-AT, en;q=0.5", {}, "de", "Anmelden"],
    ["en-GB, de;q=0.5", {}, "en", "Sign in"],
    ["fr", {}, "en", "Sign in"],
    ["en", { ui_locales: "fr de" }, "de", "Anmelden"],
    ["de", { ui_locales: "en" }, "en", "Sign in"],
  ])(
    "for a browser of %s and %j is in %s",
    async (languages, params, language, title) => {
      const browser = browserOf(languages);
      const { url, page } = await openLogin(browser, params);
      const again = await browser.post(`${url}/login`, { sign_in: ada });
      for (const { text, headers } of [page, again]) {
        expect(text).toContain(`<html lang="${language}">`);
        expect(text).toContain(`<h1>${title}</h1>`);
        expect(headers.get("content-language")).toBe(language);
        expect(headers.get("vary")).toBe("accept-language");
      }
    },
  );

  test("says how long to wait, in German", async () => {
    const browser = browserOf("de");
    const { url } = await openLogin(browser);
    let answer = await browser.post(`${url}/login`, { sign_in: ada });
    while (answer.status === 400)
      answer = await browser.post(`${url}/login`, { sign_in: ada });
    expect(answer.status).toBe(429);
    expect(alertOf(answer)).toMatch(wait);
  });
});

test("the consent page names in German what the client gets, by whom it concerns", async () => {
  const browser = browserOf("de");
  const { url } = await openLogin(browser, {
    client_id: "hr-cli",
    redirect_uri: "http://127.0.0.1:1234/callback",
    scope: "leave:approve:reports leave:read:self leave:calendar:read",
  });
  const form = { sign_in: "mia.manager@demo", password: "demo" };
  const { headers } = await browser.post(`${url}/login`, form);
  const { answer } = await browser.follow(headers.get("location") ?? "");
  expect(partsOf(answer)).toEqual([
    "h1 Zugriff für HR command line erlauben?",
    "h2 Ihre eigenen Daten",
    "li Ihre eigenen Abwesenheiten einsehen.",
    "h2 Was eingesehen werden darf",
    "li Einsehen, wer abwesend ist, aber nie den Grund, sowie gesetzliche Feiertage.",
    "h2 Was in Ihrem Namen geschehen darf",
    "li Über Abwesenheitsanträge der Ihnen unterstellten Mitarbeitenden entscheiden.",
  ]);
});

test("signing out is asked and done in German", async () => {
  const browser = browserOf("de");
  const { url } = authorizationRequest(auth.issuer);
  await signIn(browser, url, { login: ada });
  const asked = await browser.visit(`${auth.issuer}/connect/endsession`);
  expect(partsOf(asked)).toEqual(["h1 Möchten Sie sich abmelden?"]);
  const confirm = `${auth.issuer}/connect/endsession/confirm`;
  const { headers } = await browser.post(confirm, {
    ...hiddenFields(asked.text),
    logout: "yes",
  });
  const { answer } = await browser.follow(headers.get("location") ?? "");
  expect(partsOf(answer)).toEqual(["h1 Sie sind abgemeldet"]);
});

describe("what leads nowhere says so in German", () => {
  test.each([
    ["invalid_client", { client_id: "nobody" }, "hier nicht bekannt"],
    [
      "invalid_redirect_uri",
      { redirect_uri: "https://elsewhere.example/" },
      "die für sie nicht hinterlegt ist",
    ],
    [
      "invalid_request",
      { redirect_uri: undefined },
      "nicht beantwortet werden kann",
    ],
  ])("%s", async (error, params, text) => {
    const { url } = authorizationRequest(auth.issuer, params);
    const answer = await browserOf("de").visit(url);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("<h1>Das hat nicht funktioniert</h1>");
    expect(alertOf(answer)).toContain(text);
    expect(answer.text).toContain(`<code>${error}</code>`);
  });

  test("a sign-in that is not open, a form of another site, a page there is not", async () => {
    const browser = browserOf("de");
    const { url } = await openLogin(browser);
    const elsewhere = { "sec-fetch-site": "cross-site" };
    const answers = [
      await browserOf("de").visit(url),
      await browser.visit(url, { method: "POST", headers: elsewhere }),
      await browser.visit(`${url}/nowhere`),
    ];
    expect(answers.map((one) => [one.status, ...partsOf(one)])).toEqual([
      [400, "h1 Anmeldung abgelaufen"],
      [403, "h1 Formular abgelehnt"],
      [404, "h1 Hier ist nichts"],
    ]);
  });
});

describe("the device pages in German", () => {
  test("ask for the code, ask whether it is one's own, and say that it is done", async () => {
    const browser = browserOf("de");
    const { userCode: code } = await askDeviceCode(auth.issuer);
    const input = await browser.visit(`${auth.issuer}/device`);
    const confirm = await enterDeviceCode(browser, auth.issuer, code);
    expect(partsOf(input)).toEqual(["h1 Gerät verbinden"]);
    expect(partsOf(confirm)).toEqual([
      "h1 HR command line verbinden?",
      "h2 Ihre eigenen Daten",
      "li Ihre eigenen Abwesenheiten einsehen.",
      "h2 Was eingesehen werden darf",
      "li Mitarbeitendenverzeichnis und Organigramm einsehen.",
    ]);
    expect(confirm.text).toContain(`<p class="code">${code}</p>`);
    expect(confirm.text).toContain("Fahren Sie nur fort, wenn Sie dies selbst");
    const done = await letDeviceIn(browser, auth.issuer, { code, login: ada });
    expect(partsOf(done)).toEqual(["h1 Ihr Gerät ist verbunden"]);
  });

  test("say that access was denied", async () => {
    const browser = browserOf("de");
    const { userCode } = await askDeviceCode(auth.issuer);
    const confirm = await enterDeviceCode(browser, auth.issuer, userCode);
    const denied = await browser.post(`${auth.issuer}/device`, {
      ...hiddenFields(confirm.text),
      abort: "yes",
    });
    expect(partsOf(denied)).toEqual(["h1 Zugriff abgelehnt"]);
  });

  test("show a code that does not exist again, and why it was not taken", async () => {
    const browser = browserOf("de");
    const answer = await enterDeviceCode(browser, auth.issuer, "bbbb-bbbb");
    expect(answer.status).toBe(400);
    expect(alertOf(answer)).toMatch(/^Diesen Code gibt es nicht/);
    expect(answer.text).toContain('aria-describedby="hint fault"');
    expect(answer.text).toContain('value="bbbb-bbbb"');
  });

  test("tell a code that was used from a page that is too old", async () => {
    const { userCode: code } = await askDeviceCode(auth.issuer);
    await letDeviceIn(openBrowser(auth.issuer), auth.issuer, {
      code,
      login: ada,
    });
    const browser = browserOf("de");
    const used = await enterDeviceCode(browser, auth.issuer, code);
    const old = await browser.post(`${auth.issuer}/device`, {
      user_code: code,
    });
    expect(alertOf(used)).toMatch(/^Der Code wurde bereits verwendet\./);
    expect(alertOf(old)).toMatch(/^Diese Seite war zu lange geöffnet\./);
  });

  test("say how long to wait after too many codes", async () => {
    const browser = browserOf("de");
    let answer = await enterDeviceCode(browser, auth.issuer, "BBBB-BBBB");
    while (answer.status === 400)
      answer = await enterDeviceCode(browser, auth.issuer, "BBBB-BBBB");
    expect(answer.status).toBe(429);
    expect(alertOf(answer)).toMatch(wait);
  });
});

test("a page that the provider writes itself runs its own script and no other", async () => {
  const { headers, text } = await openBrowser(auth.issuer).visit(
    `${auth.issuer}/connect/endsession`,
  );
  const script = /<script>([^]*)<\/script>/.exec(text)?.[1] ?? "";
  const hash = createHash("sha256").update(script).digest("base64");
  expect(script).toContain("submit()");
  expect(headers.get("content-security-policy")?.split(";")).toEqual([
    "default-src 'none'",
    expect.stringMatching(/^style-src 'sha256-\S+'$/),
    `script-src 'sha256-${hash}'`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]);
});

function browserOf(languages: string): Browser {
  return openBrowser(auth.issuer, languages);
}

async function openLogin(
  browser: Browser,
  params: Readonly<Record<string, string>> = {},
) {
  const { url } = authorizationRequest(auth.issuer, params);
  const start = await browser.visit(url);
  const login = new URL(start.headers.get("location") ?? "", auth.issuer).href;
  return { url: login, page: await browser.visit(login) };
}

/** Headings and list items, without the names of scopes. */
function partsOf(answer: Answer | null): readonly string[] {
  const parts = answer?.text.matchAll(/<(h1|h2|li)>\s*([^<]*?)\s*</g) ?? [];
  return [...parts].map(([, tag, text]) => `${tag} ${text}`);
}

function alertOf({ text }: Answer): string {
  return /role="alert"[^>]*>\s*<p>([^<]*)</.exec(text)?.[1] ?? "";
}
