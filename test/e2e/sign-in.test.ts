import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Locator, Page } from "playwright-core";
import { type Estate, startEstate } from "../estate.ts";
import {
  type Browser,
  barriers,
  keepPicture,
  openBrowser,
  overflow,
} from "./browser.ts";
import {
  enter,
  goToSignIn,
  greeting,
  openExplorer,
  pickPersona,
  welcome,
} from "./gestures.ts";
import { type Loopback, openLoopback } from "./loopback.ts";

let estate: Estate;
let browser: Browser;
let program: Loopback;

beforeAll(async () => {
  estate = await startEstate();
  program = await openLoopback();
  const { gateway, auth } = estate;
  browser = await openBrowser([gateway, auth, program.origin]);
});
afterAll(async () => {
  await browser?.close();
  program?.close();
  await estate?.stop();
});

const ada = "ada.employee@demo";

/** What Chromium says of a page that comes with status 400. */
const badRequest =
  "Failed to load resource: the server responded with a status of 400 (Bad Request)";

describe("the sign-in page", () => {
  test("lets Ada in, from the explorer and back to it", () =>
    browser.visit(async (page) => {
      await openSignIn(page);
      expect(await page.title()).toBe("Sign in – HR");
      await page.getByText("to continue to HR Explorer").waitFor();
      await keepPicture(page, "sign-in");
      await enter(page, ada, "demo");
      await greeting(page, "Ada Kern");
      expect(page.url()).toBe(`${estate.gateway}/explorer/`);
    }));

  test("lets Ada in who takes herself from the demo company", () =>
    browser.visit(async (page) => {
      await openSignIn(page);
      await page.getByRole("link", { name: ada }).click();
      expect(await page.getByLabel("Email").inputValue()).toBe(ada);
      await page.keyboard.type("demo");
      await page.keyboard.press("Enter");
      await greeting(page, "Ada Kern");
    }));

  test("lets Ada in whom the persona picker named, with her password alone", () =>
    browser.visit(async (page) => {
      await openExplorer(page, estate);
      await pickPersona(page, "Ada Kern");
      expect(await page.getByLabel("Email").inputValue()).toBe(ada);
      await focus(page, "Password").waitFor();
      await page.keyboard.type("demo");
      await page.keyboard.press("Enter");
      await greeting(page, "Ada Kern");
    }));

  test("lets Ada in who has a keyboard and no mouse", () =>
    browser.visit(async (page) => {
      await openSignIn(page);
      await focus(page, "Email").waitFor();
      await page.keyboard.type(ada);
      await page.keyboard.press("Tab");
      await focus(page, "Password").waitFor();
      await page.keyboard.type("demo");
      await page.keyboard.press("Tab");
      expect(await outline(page)).toMatch(/solid 3px$/);
      await page.keyboard.press("Space");
      await greeting(page, "Ada Kern");
    }));

  test("lets Ada in on a screen 320 pixels wide, where nothing is cut off", () =>
    browser.visit(
      async (page) => {
        await openSignIn(page);
        expect(await overflow(page)).toBe(0);
        for (const control of await page
          .locator("input:visible, button:visible")
          .all()) {
          const box = await control.boundingBox();
          expect(box?.height).toBeGreaterThanOrEqual(44);
          expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
        }
        await keepPicture(page, "sign-in-320");
        await enter(page, ada, "demo");
        await greeting(page, "Ada Kern");
      },
      { width: 320 },
    ));

  test("lets Ada change her mind, and the explorer says so", () =>
    browser.visit(async (page) => {
      await openSignIn(page);
      await page.getByRole("button", { name: "Cancel" }).click();
      await welcome(page).waitFor();
      expect(await page.getByRole("alert").innerText()).toMatch(
        /^The sign-in was cancelled/,
      );
      await goToSignIn(page);
      await enter(page, ada, "demo");
      await greeting(page, "Ada Kern");
      expect(await page.getByRole("alert").count()).toBe(0);
    }));

  test.each([false, true])("puts up no barrier for Ada (dark: %s)", (dark) =>
    browser.visit(
      async (page) => {
        await openSignIn(page);
        expect(await barriers(page)).toEqual([]);
        await enter(page, ada, "wrong");
        await page.getByRole("alert").waitFor();
        expect(await barriers(page)).toEqual([]);
        await keepPicture(page, `sign-in-wrong-${dark ? "dark" : "light"}`);
      },
      { dark, faults: [badRequest] },
    ),
  );
});

describe("a wrong sign-in", () => {
  test("keeps Ada out, marks both fields, and lets her in when she is right", () =>
    browser.visit(
      async (page) => {
        await openSignIn(page);
        await enter(page, ada, "wrong");
        const text = await page.getByRole("alert").innerText();
        expect(await page.title()).toBe("Error: Sign in – HR");
        for (const label of ["Email", "Password"]) {
          const field = page.getByLabel(label);
          expect(await field.getAttribute("aria-invalid")).toBe("true");
          expect(await described(page, label)).toBe(text);
        }
        expect(await page.getByLabel("Email").inputValue()).toBe(ada);
        expect(await page.getByLabel("Password").inputValue()).toBe("");
        await page.getByLabel("Password").fill("demo");
        await page.getByRole("button", { name: "Sign in" }).click();
        await greeting(page, "Ada Kern");
      },
      { faults: [badRequest] },
    ));

  test("does not tell a stranger whether Ada has an account", () =>
    browser.visit(
      async (page) => {
        await openSignIn(page);
        const texts = [];
        for (const login of [ada, "nobody@demo"]) {
          await enter(page, login, "wrong");
          await page
            .locator(`input[value="${login}"][aria-invalid=true]`)
            .waitFor();
          texts.push(await page.locator(".card").innerText());
        }
        expect(texts[0]).toContain(
          "The email or the password is not right. Check both and try again.",
        );
        expect(texts[1]).toBe(texts[0]);
      },
      { faults: [badRequest, badRequest] },
    ));
});

describe("a program on Ada's machine, in a browser without JavaScript", () => {
  const visit = (act: (page: Page) => Promise<void>) =>
    browser.visit(act, { scripts: false });

  test("is allowed by Ada what she reads on the page", () =>
    visit(async (page) => {
      await askConsent(page);
      expect(await page.getByRole("listitem").allInnerTexts()).toEqual([
        expect.stringMatching(/^See your own pay\.\s+payroll:comp/),
        expect.stringMatching(/^See your own leave\.\s+leave:read:self$/),
      ]);
      await keepPicture(page, "consent");
      await page.getByRole("button", { name: "Allow" }).click();
      const answer = await back(page);
      expect(answer.get("error")).toBeNull();
      expect(answer.get("code")).toMatch(/^[\w-]{20,}$/);
    }));

  test("is denied by Ada, and gets no code", () =>
    visit(async (page) => {
      await askConsent(page);
      await page.getByRole("button", { name: "Deny" }).click();
      const answer = await back(page);
      expect(answer.get("error")).toBe("access_denied");
      expect(answer.get("code")).toBeNull();
    }));

  test("gets no code when Ada does not even sign in", () =>
    visit(async (page) => {
      await page.goto(authorizationUrl());
      await page.getByRole("button", { name: "Cancel" }).click();
      expect((await back(page)).get("error")).toBe("access_denied");
    }));
});

test("the consent page puts up no barrier for Ada", () =>
  browser.visit(async (page) => {
    await askConsent(page);
    expect(await barriers(page)).toEqual([]);
  }));

async function openSignIn(page: Page): Promise<void> {
  await openExplorer(page, estate);
  await goToSignIn(page);
}

/** Asks for less than the role allows and for one scope that it does not. */
function authorizationUrl(): string {
  return program.authorizationUrl(
    estate.auth,
    "payroll:compensation:read:self leave:read:self payroll:read",
  );
}

/** Signs Ada in, as far as the question whether the program may act for her. */
async function askConsent(page: Page): Promise<void> {
  await page.goto(authorizationUrl());
  await enter(page, ada, "demo");
  await page.getByRole("heading", { name: "Allow HR command line?" }).waitFor();
  await page.getByText("Signed in as Ada Kern.").waitFor();
}

/** What the program reads from the redirect. */
async function back(page: Page): Promise<URLSearchParams> {
  await page.waitForURL(`${program.origin}/callback?**`);
  return new URL(page.url()).searchParams;
}

/** The field, once it has the focus. */
function focus(page: Page, label: string): Locator {
  return page.getByLabel(label).and(page.locator(":focus"));
}

function outline(page: Page): Promise<string> {
  return page.evaluate<string>(
    "getComputedStyle(document.activeElement).outline",
  );
}

/** The text that a screen reader adds to the field. */
async function described(page: Page, label: string): Promise<string> {
  const id = await page.getByLabel(label).getAttribute("aria-describedby");
  return page.locator(`#${id}`).innerText();
}
