import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type TestAuth,
  askToken,
  enterDeviceCode,
  hiddenFields,
  letDeviceIn,
  openBrowser,
  startTestAuth,
} from "@hr/auth/testing";
import { sessionStore } from "./session.ts";
import { runHr, startHr } from "./testing.ts";
import { claimsOf } from "./token-cache.ts";

let auth: TestAuth;
let data: string;
beforeAll(async () => {
  auth = await startTestAuth();
  data = await mkdtemp(join(tmpdir(), "hr-login-"));
});
afterAll(async () => {
  await auth.close();
  await rm(data, { recursive: true, force: true });
});

function here(more: Readonly<Record<string, string>> = {}) {
  return { HR_DATA: data, HR_ISSUER: auth.issuer, ...more };
}

function hr(...args: readonly string[]) {
  return runHr(args, here());
}

/** The code of a login that waits for it. */
async function begin() {
  const login = startHr(["login"], here());
  return { login, code: await login.said(/[A-Z]{4}-[A-Z]{4}/) };
}

function letIn(code: string, login: string) {
  const browser = openBrowser(auth.issuer);
  return letDeviceIn(browser, auth.issuer, { code, login });
}

async function refreshWithKept() {
  const kept = await sessionStore(data, auth.issuer).read();
  const form = { grant_type: "refresh_token", client_id: "hr-cli" };
  return () =>
    askToken(auth.issuer, {
      ...form,
      refresh_token: kept?.refreshToken ?? "",
    });
}

describe("hr login", () => {
  test("lets a person in by a code, and hr token then prints her tokens", async () => {
    const { login, code } = await begin();
    expect(await login.said(/http\S+/)).toBe(`${auth.issuer}/device`);
    await letIn(code, "mia.manager@demo");
    const { code: exit, stdout } = await login.ended;
    expect(exit).toBe(0);
    expect(stdout).toMatch(/\nSigned in\. npx hr token prints/);
    const token = await hr("token");
    expect(token).toMatchObject({ code: 0, stderr: "" });
    expect(claimsOf(token.stdout)).toMatchObject({ sub: "usr_mia" });
    expect(stdout).not.toContain(token.stdout.trim());
  });

  test("keeps what it got for its owner's eyes only", async () => {
    const folder = join(data, "tokens");
    const files = await readdir(folder);
    expect(files).toEqual([expect.stringMatching(/^session-[0-9a-f]{64}$/)]);
    const modes = [folder, join(folder, files[0] ?? "")].map(
      async (path) => (await stat(path)).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o700, 0o600]);
  });

  test("takes the place of an earlier sign-in, which ends", async () => {
    const refresh = await refreshWithKept();
    const { login, code } = await begin();
    await letIn(code, "ada.employee@demo");
    expect(await login.ended).toMatchObject({ code: 0 });
    expect(claimsOf((await hr("token")).stdout)).toMatchObject({
      sub: "usr_ada",
    });
    expect((await refresh()).body["error"]).toBe("invalid_grant");
  });

  test("says that the person declined", async () => {
    const { login, code } = await begin();
    const browser = openBrowser(auth.issuer);
    const { text } = await enterDeviceCode(browser, auth.issuer, code);
    const form = { ...hiddenFields(text), abort: "yes" };
    await browser.post(`${auth.issuer}/device`, form);
    expect(await login.ended).toMatchObject({
      code: 1,
      stderr: "The sign-in was declined in the browser.\n",
    });
  });

  test.each(["http://auth.hr.example", "ftp://localhost", "auth.hr.example"])(
    "asks nobody at %s",
    async (issuer) => {
      expect(await hr("login", "--issuer", issuer)).toMatchObject({
        code: 1,
        stderr: `${issuer} is no issuer: give an https URL, or http on loopback.\n`,
      });
    },
  );
});

describe("hr logout", () => {
  test("ends the sign-in at the issuer and removes it here", async () => {
    const refresh = await refreshWithKept();
    expect(await hr("logout")).toEqual({
      code: 0,
      stdout: "Signed out.\n",
      stderr: "",
    });
    expect((await refresh()).body["error"]).toBe("invalid_grant");
    expect(await hr("token")).toEqual({
      code: 1,
      stdout: "",
      stderr: `Nobody is signed in at ${auth.issuer}: run npx hr login.\n`,
    });
  });

  test("says so when nobody was signed in", async () => {
    expect(await hr("logout")).toMatchObject({
      code: 0,
      stdout: `Nobody was signed in at ${auth.issuer}.\n`,
    });
  });

  test("removes it here also when the issuer does not answer, and fails", async () => {
    const gone = "http://127.0.0.1:1";
    const store = sessionStore(data, gone);
    await store.keep({ refreshToken: "r", accessTokens: {} });
    const { code, stderr } = await hr("logout", "--issuer", gone);
    expect([code, await store.read()]).toEqual([1, undefined]);
    expect(stderr).toContain(`No auth service answers at ${gone}`);
  });
});

describe("hr token", () => {
  test("speaks for a persona, by either spelling", async () => {
    const first = await hr("token", "ada");
    expect(claimsOf(first.stdout)).toMatchObject({ sub: "usr_ada" });
    expect(await hr("token", "--as", "ada")).toEqual(first);
  });

  test("knows no personas where not everybody may know their password", async () => {
    const elsewhere = ["--issuer", "https://auth.hr.example"];
    const { code, stdout, stderr } = await hr("token", "ada", ...elsewhere);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^Personas are for development, .* npx hr login\.\n/,
    );
  });

  test("speaks for a machine with the secret of the environment, and no other", async () => {
    const args = ["token", "--client", "calendar-sync"];
    const variable = (CALENDAR_SYNC_SECRET: string) =>
      here({ CALENDAR_SYNC_SECRET });
    const secret = auth.config.secrets.CALENDAR_SYNC_SECRET;
    const right = await runHr(args, variable(secret));
    expect(claimsOf(right.stdout)).toMatchObject({ sub: "calendar-sync" });
    const other = [...args, "--scope", "employee:read"];
    expect(await runHr(other, variable("wrong"))).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "The auth service refuses: invalid_client, client authentication failed.\n",
    });
    expect(await runHr(other, here())).toMatchObject({
      code: 1,
      stderr: "CALENDAR_SYNC_SECRET is not in the environment.\n",
    });
  });
});
