import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import {
  type TestAuth,
  askDeviceCode,
  exchangeDeviceCode,
  letDeviceIn,
  openBrowser,
  startTestAuth,
} from "@hr/auth/testing";
import { sessionToken } from "./session-token.ts";
import { type SessionStore, sessionStore } from "./session.ts";
import { claimsOf } from "./token-cache.ts";

let auth: TestAuth;
let data: string;
let store: SessionStore;
beforeAll(async () => {
  auth = await startTestAuth();
  data = await mkdtemp(join(tmpdir(), "hr-session-"));
});
afterAll(async () => {
  await auth.close();
  await rm(data, { recursive: true, force: true });
});

/** Ada has just signed in, and no access token of hers is left. */
beforeEach(async () => {
  const { deviceCode, userCode } = await askDeviceCode(auth.issuer);
  const visitor = { code: userCode, login: "ada.employee@demo" };
  await letDeviceIn(openBrowser(auth.issuer), auth.issuer, visitor);
  const { body } = await exchangeDeviceCode(auth.issuer, deviceCode);
  const refreshToken = body["refresh_token"] ?? "";
  store = sessionStore(data, auth.issuer);
  await store.keep({ refreshToken, accessTokens: {} });
});

function token(scope?: string): Promise<string> {
  return sessionToken(sessionStore(data, auth.issuer), auth.issuer, scope);
}

test("a token is made once, and the refresh token replaced that made it", async () => {
  const before = await store.read();
  const made = await token();
  expect(claimsOf(made)).toMatchObject({ sub: "usr_ada" });
  expect(await token()).toBe(made);
  const after = await store.read();
  expect(after?.refreshToken).not.toBe(before?.refreshToken);
  expect(after?.accessTokens).toEqual({ "": made });
});

test("of six at once one refreshes, and all have its token", async () => {
  const lines = auth.log.length;
  const made = await Promise.all(Array.from({ length: 6 }, () => token()));
  expect(new Set(made).size).toBe(1);
  expect(auth.log.slice(lines).join()).not.toContain("used again");
  expect(await readdir(join(data, "tokens"))).toHaveLength(1);
});

test("a token for less holds less, and one for all is still for all", async () => {
  expect(claimsOf(await token("employee:read")).scope).toBe("employee:read");
  expect(claimsOf(await token()).scope).toContain("leave:read:self");
  expect(Object.keys((await store.read())?.accessTokens ?? {})).toEqual([
    "employee:read",
    "",
  ]);
});

test("a token for more is refused in the issuer's words, and nobody is signed out", async () => {
  await expect(token("payroll:read")).rejects.toThrow(
    "The auth service refuses: invalid_scope",
  );
  expect(claimsOf(await token())).toMatchObject({ sub: "usr_ada" });
});

test("a sign-in that is over is forgotten, and says how to begin another", async () => {
  await auth.database
    .deleteFrom("oidc_record")
    .where("model", "=", "Grant")
    .execute();
  await expect(token()).rejects.toThrow(
    `The sign-in at ${auth.issuer} is over: run npx hr login.`,
  );
  await expect(token()).rejects.toThrow("Nobody is signed in");
});

test("what others could have read is not used", async () => {
  const [file = ""] = await readdir(join(data, "tokens"));
  await chmod(join(data, "tokens", file), 0o640);
  await expect(token()).rejects.toThrow("Others may have read");
  await chmod(join(data, "tokens", file), 0o600);
  expect(claimsOf(await token())).toMatchObject({ sub: "usr_ada" });
});
