import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { type Estate, startEstate } from "../estate.ts";
import {
  type Browser,
  barriers,
  keepPicture,
  openBrowser,
  overflow,
} from "./browser.ts";
import { type Loopback, openLoopback } from "./loopback.ts";

let estate: Estate;
let browser: Browser;
let program: Loopback;

beforeAll(async () => {
  estate = await startEstate();
  program = await openLoopback();
  browser = await openBrowser([estate.auth, program.origin]);
});
afterAll(async () => {
  await browser?.close();
  program?.close();
  await estate?.stop();
});

const ada = "ada.employee@demo";
const otto = "otto.auditor@demo";
const scope = "leave:read:self leave:request:self leave:calendar:read";

/** Each page of the auth service: its heading in both languages, and the way to it. */
const pages: readonly Stop[] = [
  { name: "sign-in", en: "Sign in", de: "Anmelden", go: askSignIn },
  {
    name: "sign-in-refused",
    en: "Sign in",
    de: "Anmelden",
    status: 400,
    async go(page) {
      await askSignIn(page);
      await enter(page, ada, "wrong");
    },
  },
  {
    name: "sign-in-locked",
    en: "Sign in",
    de: "Anmelden",
    status: 429,
    async go(page) {
      await askSignIn(page);
      const form = { sign_in: otto, password: "wrong" };
      for (let attempt = 0; attempt < 6; attempt++)
        await page.request.post(`${page.url()}/login`, { form });
      await enter(page, otto, "demo");
    },
  },
  {
    name: "consent",
    en: "Allow HR command line?",
    de: "Zugriff für HR command line erlauben?",
    go: askConsent,
  },
  {
    name: "sign-out",
    en: "Sign out?",
    de: "Möchten Sie sich abmelden?",
    go: askSignOut,
  },
  {
    name: "signed-out",
    en: "You are signed out",
    de: "Sie sind abgemeldet",
    async go(page) {
      await askSignOut(page);
      await press(page, 0);
      await page.waitForURL("**/success");
    },
  },
  {
    name: "error",
    en: "That did not work",
    de: "Das hat nicht funktioniert",
    status: 400,
    async go(page) {
      await page.goto(`${estate.auth}/connect/authorize?client_id=nobody`);
    },
  },
  {
    name: "expired",
    en: "Sign-in expired",
    de: "Anmeldung abgelaufen",
    status: 400,
    async go(page) {
      await page.goto(`${estate.auth}/interaction/nowhere`);
    },
  },
  {
    name: "foreign-form",
    en: "Form refused",
    de: "Formular abgelehnt",
    status: 403,
    async go(page) {
      await page.goto(program.origin);
      await page.setContent(
        `<form method="post" action="${estate.auth}/interaction/nowhere/login"><button>Win</button></form>`,
      );
      await page.getByRole("button").click();
      await page.waitForURL(`${estate.auth}/**`);
    },
  },
  {
    name: "device",
    en: "Connect a device",
    de: "Gerät verbinden",
    async go(page) {
      await page.goto(`${estate.auth}/device`);
    },
  },
  {
    name: "device-wrong",
    en: "Connect a device",
    de: "Gerät verbinden",
    status: 400,
    go: (page) => enterCode(page, "bbbb-bbbb"),
  },
  {
    name: "device-confirm",
    en: "Connect HR command line?",
    de: "HR command line verbinden?",
    go: askDevice,
  },
  {
    name: "device-denied",
    en: "Access denied",
    de: "Zugriff abgelehnt",
    async go(page) {
      await askDevice(page);
      await press(page, 1);
      await page.locator("main:not(:has(form))").waitFor();
    },
  },
  {
    name: "device-connected",
    en: "Your device is connected",
    de: "Ihr Gerät ist verbunden",
    async go(page) {
      await askDevice(page);
      await press(page, 0);
      await enter(page, ada, "demo");
      await page.waitForURL(/interaction/);
      await press(page, 0);
      await page.waitForURL("**/device/*");
    },
  },
  {
    name: "device-locked",
    en: "Connect a device",
    de: "Gerät verbinden",
    status: 429,
    async go(page) {
      for (let guess = 0; guess < 12; guess++) await guessCode(page);
      await enterCode(page, "BBBB-BBBB");
    },
  },
];

/** A phone by day and a desk by night: each width and each scheme once. */
const views = [
  [320, false],
  [1280, true],
] as const;

describe.each(pages)("the page $name", ({ name, status, go, ...titles }) => {
  test.each(["en", "de"] as const)("puts up no barrier, in %s", (language) =>
    browser.visit(
      async (page) => {
        await go(page);
        const heading = page.getByRole("heading", { level: 1 });
        await heading.filter({ hasText: titles[language] }).waitFor();
        expect(await heading.count()).toBe(1);
        expect(await page.locator("html").getAttribute("lang")).toBe(language);
        expect(await page.getByRole("alert").count()).toBe(status ? 1 : 0);
        for (const [width, dark] of views) {
          await show(page, width, dark);
          const picture = [name, language, width, dark ? "dark" : "light"];
          await keepPicture(page, `auth-${picture.join("-")}`);
          expect(await barriers(page)).toEqual([]);
          expect(await overflow(page)).toBe(0);
          expect(await smallTargets(page)).toEqual([]);
        }
      },
      { language, faults: status ? [failed[status]] : [] },
    ),
  );
});

describe("a form, in German and without JavaScript", () => {
  const visit = (act: (page: Page) => Promise<void>) =>
    browser.visit(act, { language: "de-AT", scripts: false });

  test("leads from the sign-in over the consent to the program", () =>
    visit(async (page) => {
      await askConsent(page);
      await page.getByRole("button", { name: "Erlauben" }).click();
      await page.waitForURL(`${program.origin}/callback?code=**`);
    }));

  test("leads back to the program when the person declines", () =>
    visit(async (page) => {
      await askConsent(page);
      await page.getByRole("button", { name: "Ablehnen" }).click();
      await page.waitForURL(`${program.origin}/callback?error=access_denied**`);
    }));

  test("sends the code of a link when the person says so", () =>
    visit(async (page) => {
      const { user_code: code } = await askCode();
      await page.goto(`${estate.auth}/device?user_code=${code}`);
      await page.getByRole("button", { name: "Weiter" }).click();
      expect(await page.locator("p.code").innerText()).toBe(code);
    }));
});

test("a device that was let in gets its tokens", () =>
  browser.visit(async (page) => {
    const { user_code: code, device_code } = await askCode();
    await enterCode(page, code.toLowerCase().replace("-", " "));
    await press(page, 0);
    await enter(page, ada, "demo");
    await page.waitForURL(/interaction/);
    await press(page, 0);
    await page.getByText("Your device is connected").waitFor();
    const answer = await post("/connect/token", {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      client_id: "hr-cli",
      device_code,
    });
    expect(answer).toMatchObject({ scope, token_type: "Bearer" });
  }));

type Stop = {
  readonly name: string;
  readonly en: string;
  readonly de: string;
  /** Of the answer, unless it is 200. */
  readonly status?: keyof typeof failed;
  readonly go: (page: Page) => Promise<void>;
};

/** What Chromium says of a page that comes with such a status. */
const failed = {
  400: "Failed to load resource: the server responded with a status of 400 (Bad Request)",
  403: "Failed to load resource: the server responded with a status of 403 (Forbidden)",
  429: "Failed to load resource: the server responded with a status of 429 (Too Many Requests)",
} as const;

async function askSignIn(page: Page): Promise<void> {
  await page.goto(program.authorizationUrl(estate.auth, scope));
}

async function askConsent(page: Page): Promise<void> {
  await askSignIn(page);
  await enter(page, ada, "demo");
  await page.locator("main:not(:has([name=password]))").waitFor();
}

async function askSignOut(page: Page): Promise<void> {
  await askConsent(page);
  await page.goto(`${estate.auth}/connect/endsession`);
}

async function askDevice(page: Page): Promise<void> {
  const { user_code: code } = await askCode();
  await enterCode(page, code);
  await page.locator("p.code").filter({ hasText: code }).waitFor();
}

async function enterCode(page: Page, code: string): Promise<void> {
  await page.goto(`${estate.auth}/device`);
  await page.locator("[name=user_code]").fill(code);
  await press(page, 0);
}

/** Beside the page, which does not show it. */
async function guessCode({ request }: Page): Promise<void> {
  const input = await (await request.get(`${estate.auth}/device`)).text();
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(input)?.[1] ?? "";
  const form = { xsrf, user_code: "BBBB-BBBB" };
  await request.post(`${estate.auth}/device`, { form });
}

async function enter(page: Page, login: string, password: string) {
  await page.locator("[name=sign_in]").fill(login);
  await page.locator("[name=password]").fill(password);
  await press(page, 0);
}

/** A button by its place, since its name depends on the language. */
function press(page: Page, place: number): Promise<void> {
  return page.getByRole("main").getByRole("button").nth(place).click();
}

async function show(page: Page, width: number, dark: boolean): Promise<void> {
  await page.setViewportSize({ width, height: width === 320 ? 568 : 800 });
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
}

/** What one can press that is less than 44 pixels high or not wholly on the screen. */
async function smallTargets(page: Page): Promise<readonly string[]> {
  const width = page.viewportSize()?.width ?? 0;
  const small: string[] = [];
  for (const target of await page.locator("a, button, input:visible").all()) {
    const box = await target.boundingBox();
    const { x = 0, width: wide = 0, height = 0 } = box ?? {};
    if (height < 44 || x < 0 || x + wide > width)
      small.push(await target.innerText());
  }
  return small;
}

function askCode() {
  const form = { client_id: "hr-cli", scope };
  return post<"user_code" | "device_code">(
    "/connect/deviceauthorization",
    form,
  );
}

async function post<Field extends string>(
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<Readonly<Record<Field, string>>> {
  const body = new URLSearchParams(form);
  const answer = await fetch(estate.auth + path, { method: "POST", body });
  return (await answer.json()) as Readonly<Record<Field, string>>;
}
