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
import {
  goToSignIn,
  greeting,
  openExplorer,
  pickPersona,
  run,
  seen,
  signInAs,
  welcome,
} from "./gestures.ts";

let estate: Estate;
let browser: Browser;

beforeAll(async () => {
  estate = await startEstate();
  browser = await openBrowser([estate.gateway, estate.auth]);
});
afterAll(async () => {
  await browser?.close();
  await estate?.stop();
});

const payRuns = `query PayRuns {
  me { displayName }
  payRuns(first: 1) { nodes { id } }
}`;

describe("signed out", () => {
  test("somebody new is asked to sign in, and the graph is asked nothing", () =>
    browser.visit(async (page) => {
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await openExplorer(page, estate);
      const names = await page.getByRole("option").allInnerTexts();
      expect(names.map((name) => name.split(":")[0])).toEqual([
        "Ada Kern",
        "Mia Brandt",
        "Hana Sato",
        "Pam Okafor",
        "Amir Haddad",
        "Otto Lindqvist",
      ]);
      expect(await executeButton(page).count()).toBe(0);
      expect(asked.filter((url) => url.endsWith("/graphql"))).toEqual([]);
    }));

  test.each([false, true])("somebody new meets no barrier (dark: %s)", (dark) =>
    browser.visit(
      async (page) => {
        await openExplorer(page, estate);
        expect(await barriers(page)).toEqual([]);
      },
      { dark },
    ),
  );

  test("somebody on a narrow screen scrolls down only", () =>
    browser.visit(
      async (page) => {
        await openExplorer(page, estate);
        expect(await overflow(page)).toBe(0);
        await keepPicture(page, "explorer-signed-out-320");
      },
      { width: 320 },
    ));
});

describe("signed in", () => {
  test("Ada runs the first query and sees herself from every subgraph", () =>
    browser.visit(async (page) => {
      await openExplorer(page, estate);
      await signInAs(page, "Ada Kern");
      const answer = await run(page);
      expect(await answer.json()).toEqual({
        data: {
          me: {
            displayName: "Ada Kern",
            jobTitle: expect.any(String),
            manager: { displayName: "Mia Brandt" },
            compensation: {
              base: {
                decimal: expect.stringMatching(/^\d+\.\d\d$/),
                currency: "EUR",
              },
            },
            leaveBalances: expect.arrayContaining([
              {
                leaveType: { name: expect.any(String) },
                available: expect.any(Number),
              },
            ]),
          },
        },
      });
      await seen(page, '"displayName": "Ada Kern"');
      await keepPicture(page, "explorer-ada");
    }));

  test("Ada meets no barrier around the editor, in light and dark", async () => {
    for (const dark of [false, true])
      await browser.visit(
        async (page) => {
          await openExplorer(page, estate);
          await signInAs(page, "Ada Kern");
          await executeButton(page).waitFor();
          await page.getByRole("button", { name: "scopes" }).click();
          expect(await barriers(page, [".graphiql-container"])).toEqual([]);
          await keepPicture(page, `explorer-scopes-${dark ? "dark" : "light"}`);
        },
        { dark },
      );
  });

  test("Ada on a narrow screen scrolls down only", () =>
    browser.visit(
      async (page) => {
        await openExplorer(page, estate);
        await signInAs(page, "Ada Kern");
        await executeButton(page).waitFor();
        expect(await overflow(page)).toBe(0);
        await run(page);
        await seen(page, "Ada Kern");
        expect(await overflow(page)).toBe(0);
        await keepPicture(page, "explorer-ada-320");
      },
      { width: 320 },
    ));

  test("Ada is told which scope the pay runs need, and still gets the rest", () =>
    browser.visit(async (page) => {
      await openExplorer(page, estate);
      await signInAs(page, "Ada Kern");
      const answer = await run(page, payRuns);
      expect(await answer.json()).toEqual({
        data: { me: { displayName: "Ada Kern" }, payRuns: null },
        errors: [
          expect.objectContaining({
            path: ["payRuns"],
            extensions: expect.objectContaining({
              code: "UNAUTHORIZED_FIELD_OR_TYPE",
              coordinate: "Query.payRuns",
              requiredScopes: [["payroll:read"]],
            }),
          }),
        ],
        extensions: {
          authorization: {
            suggestedScopes: ["employee:read:self", "payroll:read"],
            missingScopes: ["payroll:read"],
          },
        },
      });
      await seen(page, '"payRuns": null');
      await seen(page, "Query.payRuns needs payroll:read");
      await keepPicture(page, "explorer-ada-denied");
    }));

  test("Otto, who audits, sees the pay runs with the same query", () =>
    browser.visit(async (page) => {
      await openExplorer(page, estate);
      await signInAs(page, "Otto Lindqvist");
      const answer = await run(page, payRuns);
      expect(await answer.json()).toMatchObject({
        data: { me: null, payRuns: { nodes: [{ id: expect.any(String) }] } },
      });
      await seen(page, '"id": "run_');
    }));

  test("Hana, who looks after people, holds more scopes than Ada before her", () =>
    browser.visit(async (page) => {
      await openExplorer(page, estate);
      await signInAs(page, "Ada Kern");
      const adas = await scopes(page);
      await signInAs(page, "Hana Sato");
      const hanas = await scopes(page);
      expect(adas).toContain("payroll:compensation:read:self");
      expect(adas).not.toContain("payroll:compensation:read");
      expect(hanas).toContain("payroll:compensation:read");
      expect(hanas.length).toBeGreaterThan(adas.length);
      await run(page);
      await seen(page, '"displayName": "Hana Sato"');
    }));

  test("Ada leaves no token where another page or a later one could read it", () =>
    browser.visit(async (page) => {
      await openExplorer(page, estate);
      const issued = page.waitForResponse(`${estate.auth}/connect/token`);
      await signInAs(page, "Ada Kern");
      await run(page);
      await seen(page, "Ada Kern");
      const kept = await storage(page);
      expect(kept).toContain("query Me");
      const tokens = Object.entries(
        (await (await issued).json()) as Record<string, unknown>,
      ).filter(([name]) => name.endsWith("_token"));
      expect(tokens.map(([name]) => name).sort()).toEqual([
        "access_token",
        "id_token",
        "refresh_token",
      ]);
      for (const [, token] of tokens) expect(kept).not.toContain(token);
      expect(kept).not.toMatch(/eyJ|_token|bearer|verifier/i);
      expect(page.url()).toBe(`${estate.gateway}/explorer/`);
    }));

  test("Ada is signed out by a reload, and back without a password", () =>
    browser.visit(async (page) => {
      await openExplorer(page, estate);
      await signInAs(page, "Ada Kern");
      await page.reload();
      await welcome(page).waitFor();
      await page.getByRole("button", { name: "Sign in" }).click();
      await greeting(page, "Ada Kern");
    }));
});

describe("signing out", () => {
  test("Ada signs out, and the next sign-in asks for a password", () =>
    browser.visit(async (page) => {
      await openExplorer(page, estate);
      await signInAs(page, "Ada Kern");
      await askToSignOut(page);
      expect(await barriers(page)).toEqual([]);
      await keepPicture(page, "sign-out");
      await page.getByRole("button", { name: "Sign out" }).click();
      await welcome(page).waitFor();
      await goToSignIn(page);
      await page.getByLabel("Password").waitFor();
    }));

  test("Ada thinks better of it, and the next sign-in asks nothing", () =>
    browser.visit(async (page) => {
      await openExplorer(page, estate);
      await signInAs(page, "Ada Kern");
      await askToSignOut(page);
      await page.getByRole("button", { name: "Stay signed in" }).click();
      await welcome(page).waitFor();
      await page.getByRole("button", { name: "Sign in" }).click();
      await greeting(page, "Ada Kern");
    }));

  test("Ada's browser does not sign Hana in without a password", () =>
    browser.visit(async (page) => {
      await openExplorer(page, estate);
      await signInAs(page, "Ada Kern");
      await pickPersona(page, "Hana Sato");
      expect(await page.getByLabel("Email").inputValue()).toBe("hana.hr@demo");
      expect(await page.getByLabel("Password").inputValue()).toBe("");
    }));
});

function executeButton(page: Page) {
  return page.getByRole("button", { name: "Execute query" });
}

async function askToSignOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign out?" }).waitFor();
}

async function scopes(page: Page): Promise<readonly string[]> {
  await page.getByRole("button", { name: "scopes" }).click();
  const list = page.getByRole("region", { name: "Scopes of this token" });
  const names = await list.getByRole("listitem").allInnerTexts();
  await page.keyboard.press("Escape");
  return names;
}

/** All that the page keeps in the browser and scripts could read. */
async function storage(page: Page): Promise<string> {
  return page.evaluate<string>(`(async () => JSON.stringify([
    { ...localStorage }, { ...sessionStorage }, document.cookie,
    await indexedDB.databases(), await caches.keys(), window.name, history.state,
  ]))()`);
}
