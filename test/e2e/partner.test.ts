import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { type Estate, startEstate } from "../estate.ts";
import { type Browser, keepPicture, openBrowser } from "./browser.ts";
import { enter } from "./gestures.ts";
import { type Loopback, openLoopback } from "./loopback.ts";

/** An application of somebody else, to which people are sent back. */
let partner: Loopback;
let estate: Estate;
let browser: Browser;

beforeAll(async () => {
  partner = await openLoopback();
  estate = await startEstate({ PARTNER_PORTAL_ORIGIN: partner.origin });
  browser = await openBrowser([estate.auth, partner.origin]);
});
afterAll(async () => {
  await browser?.close();
  partner?.close();
  await estate?.stop();
});

const ada = "ada.employee@demo";

test("a third party acts for Ada once she agreed, is not asked about again, and asks for a password after she signed out", () =>
  browser.visit(async (page) => {
    await goToPartner(page);
    await enter(page, ada, "demo");
    await page
      .getByRole("heading", { name: "Allow Partner Portal?" })
      .waitFor();
    expect(await page.getByRole("listitem").allInnerTexts()).toEqual([
      expect.stringMatching(/^See your own leave\.\s+leave:read:self$/),
      expect.stringMatching(/^See the directory/),
    ]);
    await keepPicture(page, "partner-consent");
    await page.getByRole("button", { name: "Allow" }).click();
    expect(await codeAt(page)).toMatch(/^[\w-]{20,}$/);

    await goToPartner(page);
    expect(await codeAt(page)).toMatch(/^[\w-]{20,}$/);

    await page.goto(`${estate.auth}/connect/endsession`);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("heading", { name: "signed out" }).waitFor();
    await goToPartner(page);
    await page.getByLabel("Password").waitFor();
  }));

test("a third party that Ada denies gets no code", () =>
  browser.visit(async (page) => {
    await goToPartner(page);
    await enter(page, ada, "demo");
    await page.getByRole("button", { name: "Deny" }).click();
    await page.waitForURL(`${partner.origin}/callback?**`);
    const { searchParams } = new URL(page.url());
    expect(searchParams.get("error")).toBe("access_denied");
    expect(searchParams.get("code")).toBeNull();
  }));

test("who tries passwords is told to wait, with the right one as well", () =>
  browser.visit(
    async (page) => {
      await goToPartner(page);
      for (let guess = 0; guess < 6; guess += 1) {
        await enter(page, "otto.auditor@demo", `wrong ${guess}`);
        await page.getByRole("alert").waitFor();
      }
      await enter(page, "otto.auditor@demo", "demo");
      await page.getByText(/^Too many attempts\. Try again in/).waitFor();
      await keepPicture(page, "throttled");
    },
    {
      faults: [
        ...Array.from({ length: 6 }, () => failed("400 (Bad Request)")),
        failed("429 (Too Many Requests)"),
      ],
    },
  ));

function failed(status: string): string {
  return `Failed to load resource: the server responded with a status of ${status}`;
}

async function goToPartner(page: Page): Promise<void> {
  const scope = "employee:read leave:read:self";
  const client = "partner-portal";
  await page.goto(partner.authorizationUrl(estate.auth, scope, client));
}

async function codeAt(page: Page): Promise<string | null> {
  await page.waitForURL(`${partner.origin}/callback?**`);
  return new URL(page.url()).searchParams.get("code");
}
