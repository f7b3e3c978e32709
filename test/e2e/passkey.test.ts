import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { decodeJwt } from "jose";
import type { CDPSession, Page } from "playwright-core";
import { type Estate, startEstate } from "../estate.ts";
import {
  type Browser,
  barriers,
  keepPicture,
  openBrowser,
  overflow,
} from "./browser.ts";
import { enter, goToSignIn, greeting, openExplorer } from "./gestures.ts";
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
const passkeyAcr = "urn:hr:acr:passkey";

test("Ada makes a passkey after her password, and signs in with it the next time", () =>
  browser.visit(async (page) => {
    const device = await plugIn(page);
    await page.goto(authorizationUrl({ acr_values: passkeyAcr }));
    await enter(page, ada, "demo");
    await heading(page, "Set up a passkey");
    expect(await barriers(page)).toEqual([]);
    await keepPicture(page, "passkey-first");
    await press(page, "Create a passkey");
    await heading(page, "Use your passkey");
    expect(await barriers(page)).toEqual([]);
    await keepPicture(page, "passkey-use");
    await press(page, "Use a passkey");
    await heading(page, "Allow HR command line?");
    await press(page, "Allow");
    await page.waitForURL(`${program.origin}/callback?**`);
    expect(await device.credentials()).toHaveLength(1);

    await page.context().clearCookies();
    await openExplorer(page, estate);
    await goToSignIn(page);
    await keepPicture(page, "sign-in-passkey");
    expect(await barriers(page)).toEqual([]);
    const answer = page.waitForResponse(/\/connect\/token$/);
    await press(page, "Use a passkey instead");
    await greeting(page, "Ada Kern");
    const { access_token: token } = (await (await answer).json()) as {
      readonly access_token: string;
    };
    expect(decodeJwt(token)).toMatchObject({
      sub: "usr_ada",
      acr: passkeyAcr,
      amr: ["pop", "user", "mfa"],
      auth_time: expect.any(Number),
    });
  }));

test("Mia looks after her passkeys, on a small screen too", () =>
  browser.visit(
    async (page) => {
      const old = await plugIn(page);
      await page.goto(authorizationUrl({ prompt: "passkey" }));
      await enter(page, "mia.manager@demo", "demo");
      await press(page, "Create a passkey");
      await press(page, "Use a passkey");
      await heading(page, "Your passkeys");
      await page.getByText("Your last passkey cannot be removed.").waitFor();
      await old.unplug();
      await plugIn(page);
      await press(page, "Add a passkey");
      await page.getByRole("button", { name: "Remove" }).first().waitFor();
      expect(await page.getByRole("listitem").count()).toBe(2);
      expect(await overflow(page)).toBe(0);
      expect(await barriers(page)).toEqual([]);
      await keepPicture(page, "passkeys-320");
      await page.getByRole("button", { name: "Remove" }).first().click();
      await page.getByText("Your last passkey cannot be removed.").waitFor();
      expect(await page.getByRole("listitem").count()).toBe(1);
      await press(page, "Continue");
      await heading(page, "Allow HR command line?");
    },
    { width: 320, dark: true },
  ));

test("Hana, whose device does not know her, is told and comes in by her password", () =>
  browser.visit(async (page) => {
    await plugIn(page, { isUserVerified: false });
    await openExplorer(page, estate);
    await goToSignIn(page);
    await press(page, "Use a passkey instead");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").innerText()).toBe(
      "No passkey was used. Try again, or sign in with your password.",
    );
    expect(await barriers(page)).toEqual([]);
    await keepPicture(page, "sign-in-no-passkey");
    await enter(page, "hana.hr@demo", "demo");
    await greeting(page, "Hana Sato");
  }));

test("Otto, in a browser without scripts, is told what a passkey needs", () =>
  browser.visit(
    async (page) => {
      await page.goto(authorizationUrl({ acr_values: passkeyAcr }));
      expect(await page.getByRole("button").allInnerTexts()).toEqual([
        "Sign in",
        "Cancel",
      ]);
      await enter(page, "otto.auditor@demo", "demo");
      await heading(page, "Set up a passkey");
      await page.getByText("This browser cannot use passkeys.").waitFor();
      await keepPicture(page, "passkey-without");
      await press(page, "Cancel");
      await page.waitForURL(`${program.origin}/callback?**`);
      expect(new URL(page.url()).searchParams.get("error")).toBe(
        "unmet_authentication_requirements",
      );
    },
    { scripts: false },
  ));

/** Gives the page a device that keeps passkeys, and says yes at once. */
async function plugIn(page: Page, settings: { isUserVerified?: boolean } = {}) {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send(
    "WebAuthn.addVirtualAuthenticator",
    {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        ...settings,
      },
    },
  );
  return {
    async credentials() {
      const answer = await session.send("WebAuthn.getCredentials", {
        authenticatorId,
      });
      return answer.credentials;
    },
    unplug: () =>
      session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }),
  };
}

function authorizationUrl(asked: Readonly<Record<string, string>>): string {
  const url = new URL(
    program.authorizationUrl(estate.auth, "openid employee:read"),
  );
  for (const [name, value] of Object.entries(asked))
    url.searchParams.set(name, value);
  return url.href;
}

async function heading(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { name, exact: true }).waitFor();
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}
