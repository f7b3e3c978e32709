import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { type Estate, startEstate } from "../estate.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { enter } from "./gestures.ts";
import { type SinglePageApp, serveSinglePageApp } from "./single-page-app.ts";

let estate: Estate;
let app: SinglePageApp;
let browser: Browser;

beforeAll(async () => {
  app = await serveSinglePageApp();
  estate = await startEstate({ APP_ORIGIN: app.origin });
  browser = await openBrowser([app.origin, estate.auth, estate.gateway]);
});
afterAll(async () => {
  await browser?.close();
  app?.close();
  await estate?.stop();
});

test("a web application signs Ada in and asks with a token bound to its key, which is worth nothing without it", () =>
  browser.visit(async (page) => {
    await page.goto(addressOf("{ me { displayName } }"));
    await enter(page, "ada.employee@demo", "demo");
    const { status, body, authorization, proof } = await result(page);
    expect([status, body]).toEqual([
      200,
      { data: { me: { displayName: "Ada Kern" } } },
    ]);
    expect(authorization).toMatch(/^DPoP /);
    const token = authorization.slice("DPoP ".length);
    expect(await replay({ authorization: `Bearer ${token}` })).toEqual([
      401,
      "DPOP_REQUIRED",
    ]);
    expect(await replay({ authorization })).toEqual([401, "DPOP_INVALID"]);
    expect(await replay({ authorization, dpop: proof })).toEqual([
      401,
      "DPOP_INVALID",
    ]);
  }));

type Result = {
  readonly status: number;
  readonly body: unknown;
  readonly authorization: string;
  readonly proof: string;
};

function addressOf(query: string): string {
  const url = new URL(app.origin);
  url.searchParams.set("issuer", estate.auth);
  url.searchParams.set("api", `${estate.gateway}/graphql`);
  url.searchParams.set("query", query);
  return url.href;
}

async function result(page: Page): Promise<Result> {
  const shown = page.locator("#result:not(:empty)");
  return JSON.parse(await shown.innerText()) as Result;
}

/** What somebody gets who has what was sent, and not the key. */
async function replay(headers: Readonly<Record<string, string>>) {
  const answer = await fetch(`${estate.gateway}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query: "{ me { displayName } }" }),
  });
  const { errors } = (await answer.json()) as {
    readonly errors?: readonly { extensions: { reason: string } }[];
  };
  return [answer.status, errors?.[0]?.extensions.reason];
}
