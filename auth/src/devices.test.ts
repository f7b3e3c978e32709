import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { decodeJwt } from "jose";
import * as client from "openid-client";
import {
  type Browser,
  type TestAuth,
  enterDeviceCode,
  exchangeDeviceCode,
  hiddenFields,
  letDeviceIn,
  openBrowser,
  startTestAuth,
} from "./testing.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startTestAuth();
});
afterAll(() => auth.close());

const ada = "ada.employee@demo";
const scope = "employee:read leave:read:self";

describe("a device", () => {
  test("is let in by a person elsewhere, and gets that person's tokens", async () => {
    const { config, device } = await askCode();
    const browser = openBrowser(auth.issuer);
    const done = await letIn(browser, device.user_code);
    expect(done.text).toContain("HR command line");
    const tokens = await client.pollDeviceAuthorizationGrant(config, device);
    const { sub, client_id, scope: granted } = decodeJwt(tokens.access_token);
    expect([sub, client_id, granted]).toEqual(["usr_ada", "hr-cli", scope]);
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      gid: expect.any(String),
      acr: "urn:hr:acr:password",
      auth_time: expect.any(Number),
    });
    const next = await client.refreshTokenGrant(
      config,
      tokens.refresh_token ?? "",
    );
    expect(decodeJwt(next.access_token).sub).toBe("usr_ada");
  });

  test("waits until then, and is told so", async () => {
    const { device } = await askCode();
    const answer = await exchange(device.device_code);
    expect([answer.status, answer.body["error"]]).toEqual([
      400,
      "authorization_pending",
    ]);
  });

  test("is kept out by Deny", async () => {
    const { device } = await askCode();
    const browser = openBrowser(auth.issuer);
    const confirm = await enter(browser, device.user_code);
    const denied = await browser.post(`${auth.issuer}/device`, {
      ...hiddenFields(confirm.text),
      abort: "yes",
    });
    expect(denied.status).toBe(200);
    const answer = await exchange(device.device_code);
    expect([answer.status, answer.body["error"]]).toEqual([
      400,
      "access_denied",
    ]);
  });

  test("is let in once by a code", async () => {
    const { device } = await askCode();
    await letIn(openBrowser(auth.issuer), device.user_code);
    const first = await exchange(device.device_code);
    const second = await exchange(device.device_code);
    expect([first.status, second.status, second.body["error"]]).toEqual([
      200,
      400,
      "invalid_grant",
    ]);
    const late = await enter(openBrowser(auth.issuer), device.user_code);
    expect(late.status).toBe(400);
  });

  test("gets nothing for scopes that are not for its client", async () => {
    const config = await discover();
    await expect(
      client.initiateDeviceAuthorization(config, { scope: "payroll:all" }),
    ).rejects.toMatchObject({ error: "invalid_scope" });
  });

  test("of another client is not let in by its code", async () => {
    const { device } = await askCode();
    await letIn(openBrowser(auth.issuer), device.user_code);
    const other = await exchangeDeviceCode(
      auth.issuer,
      device.device_code,
      "explorer",
    );
    expect(other.status).toBe(400);
    expect((await exchange(device.device_code)).status).toBe(200);
  });
});

describe("the page for codes", () => {
  test("shows a code from the link for the person to compare, and sends nothing by itself", async () => {
    const { device } = await askCode();
    const browser = openBrowser(auth.issuer);
    const { verification_uri_complete: link = "" } = device;
    const page = await browser.visit(link);
    expect(page.text).toContain(`value="${device.user_code}"`);
    expect(page.text).not.toContain("<script");
    expect(page.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'/,
    );
  });

  test("takes ten codes an hour that do not exist from one address, then locks", async () => {
    const { device } = await askCode();
    const browser = openBrowser(auth.issuer);
    const statuses: number[] = [];
    for (let guess = 0; guess < 12; guess++) {
      const { status } = await enter(browser, "BBBB-BBBB");
      statuses.push(status);
    }
    expect(statuses).toEqual([...Array.from({ length: 11 }, () => 400), 429]);
    const locked = await enter(browser, device.user_code);
    expect(locked.status).toBe(429);
    expect(locked.headers.get("retry-after")).toMatch(/^\d+$/);
    await auth.database.deleteFrom("sign_in_attempt").execute();
    expect((await enter(browser, device.user_code)).status).toBe(200);
  });

  test("refuses a form that another site posts", async () => {
    const { device } = await askCode();
    const browser = openBrowser(auth.issuer);
    await browser.visit(`${auth.issuer}/device`);
    const answer = await browser.post(`${auth.issuer}/device`, {
      xsrf: "another",
      user_code: device.user_code,
      confirm: "yes",
    });
    expect(answer.status).toBe(400);
    expect((await exchange(device.device_code)).body["error"]).toBe(
      "authorization_pending",
    );
  });
});

function discover() {
  const insecure = { execute: [client.allowInsecureRequests] };
  const issuer = new URL(auth.issuer);
  return client.discovery(issuer, "hr-cli", {}, client.None(), insecure);
}

async function askCode() {
  const config = await discover();
  const device = await client.initiateDeviceAuthorization(config, { scope });
  expect(device.verification_uri).toBe(`${auth.issuer}/device`);
  return { config, device: { ...device, interval: 1 } };
}

function exchange(code: string) {
  return exchangeDeviceCode(auth.issuer, code);
}

function enter(browser: Browser, code: string) {
  return enterDeviceCode(browser, auth.issuer, code);
}

function letIn(browser: Browser, code: string) {
  return letDeviceIn(browser, auth.issuer, { code, login: ada });
}
