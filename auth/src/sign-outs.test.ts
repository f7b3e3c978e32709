import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { decodeJwt } from "jose";
import { type AccountAdmin, accountAdmin } from "./account-admin.ts";
import {
  type Browser,
  type TestAuth,
  askToken,
  authorizationRequest,
  exchangeOf,
  hiddenFields,
  openBrowser,
  signIn,
  startTestAuth,
} from "./testing.ts";

let auth: TestAuth;
let accounts: AccountAdmin;
beforeAll(async () => {
  auth = await startTestAuth();
  const query = auth.database;
  accounts = accountAdmin(
    { query, transaction: (work) => query.transaction().execute(work) },
    { shortest: 4 },
  );
});
afterAll(() => auth.close());

describe("another password", () => {
  test("ends a sign-in that was posted with the old one and not yet followed", async () => {
    const { browser, verifier, next } = await postPassword("usr_ada", "demo");
    await accounts.setPassword("usr_ada", "quite another one");
    await sleep(1_100);
    const here = await browser.follow(next);
    const { status } = await askToken(
      auth.issuer,
      exchangeOf(here.url, verifier),
    );
    expect(status).toBe(400);
  });

  test("lets its owner in, also within the second of the change", async () => {
    await accounts.setPassword("usr_ada", "a third one");
    const own = await postPassword("usr_ada", "a third one");
    const here = await own.browser.follow(own.next);
    const { status, body } = await askToken(
      auth.issuer,
      exchangeOf(here.url, own.verifier),
    );
    expect(status).toBe(200);
    expect(decodeJwt(body["access_token"] ?? "").sub).toBe("usr_ada");
  });

  test("ends a session that is being used while it ends", async () => {
    const { browser, cookie } = await signedIn("mia.manager@demo");
    const using = keepUsing(cookie);
    await sleep(100);
    await accounts.setPassword("usr_mia", "quite another two");
    await sleep(100);
    await using.stop();
    expect(await silently(cookie)).toBe("login_required");
    expect(browser.jar.size).toBeGreaterThan(0);
  });
});

test("a sign-out ends a session that another tab is using", async () => {
  const { browser, cookie } = await signedIn("hana.hr@demo");
  expect(await silently(cookie)).toBe("a code");
  const page = await browser.visit(`${auth.issuer}/connect/endsession`);
  const using = keepUsing(cookie);
  await sleep(100);
  const form = { ...hiddenFields(page.text), logout: "yes" };
  await browser.post(`${auth.issuer}/connect/endsession/confirm`, form);
  await sleep(100);
  await using.stop();
  expect(await silently(cookie)).toBe("login_required");
});

test("whatever host a caller names, addresses are the issuer's", async () => {
  const metadata = await new Promise<string>((resolve, reject) => {
    const url = `${auth.issuer}/.well-known/openid-configuration`;
    const headers = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
    };
    request(url, { headers }, (response) => {
      response.setEncoding("utf8");
      let text = "";
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
  expect(metadata).not.toContain("evil.example");
  expect(JSON.parse(metadata)).toMatchObject({
    token_endpoint: `${auth.issuer}/connect/token`,
    jwks_uri: `${auth.issuer}/.well-known/jwks.json`,
  });
});

test("a NUL is bad input wherever it comes", async () => {
  const browser = openBrowser(auth.issuer);
  const { url } = authorizationRequest(auth.issuer, { state: "a\0b" });
  const refused = await browser.visit(url);
  const { searchParams } = new URL(refused.headers.get("location") ?? "");
  expect(searchParams.get("error")).toBe("invalid_request");
  const unknown = authorizationRequest(auth.issuer, { client_id: "a\0b" });
  expect((await browser.visit(unknown.url)).status).toBe(400);
  const page = await browser.follow(authorizationRequest(auth.issuer).url);
  const form = { sign_in: "ada\0", password: "demo" };
  expect((await browser.post(`${page.url.href}/login`, form)).status).toBe(400);
});

const logins = new Map([["usr_ada", "ada.employee@demo"]]);

/** Where the browser is sent next, which it does not follow yet. */
async function postPassword(id: string, password: string) {
  const browser = openBrowser(auth.issuer);
  const { url, verifier } = authorizationRequest(auth.issuer);
  const page = await browser.follow(url);
  const form = { sign_in: logins.get(id) ?? "", password };
  const answer = await browser.post(`${page.url.href}/login`, form);
  const next = new URL(answer.headers.get("location") ?? "", auth.issuer);
  return { browser, verifier, next };
}

async function signedIn(
  login: string,
): Promise<{ readonly browser: Browser; readonly cookie: string }> {
  const browser = openBrowser(auth.issuer);
  await signIn(browser, authorizationRequest(auth.issuer).url, { login });
  const cookie = [...browser.jar]
    .filter(([place]) => place.startsWith("_session"))
    .map(([place, value]) => `${place.split(" ")[0]}=${value}`)
    .join("; ");
  return { browser, cookie };
}

/** As tabs that renew their tokens over and over. */
function keepUsing(cookie: string) {
  let isOver = false;
  const tabs = Array.from({ length: 4 }, async () => {
    while (!isOver) await silently(cookie);
  });
  return {
    async stop(): Promise<void> {
      isOver = true;
      await Promise.all(tabs);
    },
  };
}

/** What a request without interaction gets. */
async function silently(cookie: string): Promise<string> {
  const { url } = authorizationRequest(auth.issuer, { prompt: "none" });
  const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
  const { searchParams } = new URL(answer.headers.get("location") ?? "");
  return searchParams.has("code")
    ? "a code"
    : (searchParams.get("error") ?? "");
}
