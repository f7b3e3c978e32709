import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { sql } from "kysely";
import {
  type Browser,
  type TestAuth,
  askDeviceCode,
  askToken,
  authorizationRequest,
  basic,
  enterDeviceCode,
  exchangeDeviceCode,
  exchangeOf,
  hiddenFields,
  letDeviceIn,
  openBrowser,
  postForm,
  signIn,
  startTestAuth,
} from "./testing.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startTestAuth();
});
afterAll(() => auth.close());

test("no secret that was handed out or sent in stands in the database or the log", async () => {
  const secrets = await useEverything();
  const rows = await everyRow();
  const log = auth.log.join("\n");
  expect(rows.length).toBeGreaterThan(10);
  expect(auth.log.length).toBeGreaterThan(5);
  const found = Object.entries(secrets).filter(
    ([, secret]) =>
      rows.some((row) => row.includes(secret)) || log.includes(secret),
  );
  expect(found).toEqual([]);
});

test("the search finds what does stand there", async () => {
  const rows = await everyRow();
  expect(rows.some((row) => row.includes("usr_ada"))).toBe(true);
});

/** Signs in, twice in one browser, exchanges, refreshes and fails. */
async function useEverything(): Promise<Readonly<Record<string, string>>> {
  const { issuer, config } = auth;
  const browser = openBrowser(issuer);
  const login = { login: "ada.employee@demo", password: "demo" };
  const first = authorizationRequest(issuer);
  const redirect = await signIn(browser, first.url, login);
  const open = authorizationRequest(issuer, { nonce: "n", prompt: "login" });
  await browser.follow(open.url);
  const second = authorizationRequest(issuer);
  const unused = await signIn(browser, second.url, login);
  const form = exchangeOf(redirect, first.verifier);
  const tokens = await askToken(issuer, form);
  const refresh = (token = "") =>
    askToken(issuer, {
      grant_type: "refresh_token",
      client_id: "explorer",
      refresh_token: token,
    });
  const next = await refresh(tokens.body["refresh_token"]);
  await refresh("a-refresh-token-nobody-issued");
  const machine = await askToken(
    issuer,
    { grant_type: "client_credentials" },
    basic("payroll-export", config.secrets.PAYROLL_EXPORT_SECRET),
  );
  const wrong = basic("payroll-export", "a-wrong-client-secret");
  await askToken(issuer, { grant_type: "client_credentials" }, wrong);
  const guess = openBrowser(issuer);
  const { url } = await guess.follow(authorizationRequest(issuer).url);
  await guess.post(`${url.href}/login`, {
    sign_in: "typed-into-the-wrong-field",
    password: "a-wrong-password",
  });
  const device = await askDeviceCode(issuer);
  const letIn = { code: device.userCode, ...login };
  await letDeviceIn(openBrowser(issuer), issuer, letIn);
  const deviceTokens = await exchangeDeviceCode(issuer, device.deviceCode);
  const waiting = await askDeviceCode(issuer);
  const entered = await enterDeviceCode(
    openBrowser(issuer),
    issuer,
    waiting.userCode,
  );
  const begun = await askDeviceCode(issuer);
  const beginner = openBrowser(issuer);
  const confirm = await enterDeviceCode(beginner, issuer, begun.userCode);
  const fields = { ...hiddenFields(confirm.text), confirm: "yes" };
  await beginner.post(`${issuer}/device`, fields);
  const pushed = await pushRequest(browser);
  const session = browser.jar.get("_session /") ?? "";
  const statuses = [next, machine, deviceTokens, entered].map(
    ({ status }) => status,
  );
  expect(statuses).toEqual([200, 200, 200, 200]);
  expect([session, pushed].every(({ length }) => length > 20)).toBe(true);
  return {
    ...config.secrets,
    session,
    code: form["code"] ?? "",
    unusedCode: unused.searchParams.get("code") ?? "",
    verifier: first.verifier,
    accessToken: tokens.body["access_token"] ?? "",
    refreshToken: tokens.body["refresh_token"] ?? "",
    idToken: tokens.body["id_token"] ?? "",
    nextAccessToken: next.body["access_token"] ?? "",
    nextRefreshToken: next.body["refresh_token"] ?? "",
    machineToken: machine.body["access_token"] ?? "",
    deviceCode: device.deviceCode,
    deviceAccessToken: deviceTokens.body["access_token"] ?? "",
    deviceRefreshToken: deviceTokens.body["refresh_token"] ?? "",
    waitingDeviceCode: waiting.deviceCode,
    waitingUserCode: waiting.userCode.replace("-", ""),
    begunDeviceCode: begun.deviceCode,
    begunUserCode: begun.userCode.replace("-", ""),
    pushedRequest: pushed,
    wrongSecret: "a-wrong-client-secret",
    wrongRefreshToken: "a-refresh-token-nobody-issued",
    wrongPassword: "a-wrong-password",
    wrongName: "typed-into-the-wrong-field",
    privateKey: '"d":',
  };
}

/** The id of a pushed request that is waiting for its person. */
async function pushRequest(browser: Browser): Promise<string> {
  const { issuer } = auth;
  const form = Object.fromEntries(
    authorizationRequest(issuer, { prompt: "login" }).url.searchParams,
  );
  const { body } = await postForm(`${issuer}/connect/par`, form);
  const { request_uri: uri } = body as { readonly request_uri: string };
  const url = new URL("/connect/authorize", issuer);
  url.searchParams.set("client_id", "explorer");
  url.searchParams.set("request_uri", uri);
  const { answer } = await browser.follow(url);
  expect(answer?.text).toContain('name="password"');
  return uri.split(":").at(-1) ?? "";
}

/** Whole rows as text, bytes as both hexadecimal and what they spell. */
async function everyRow(): Promise<readonly string[]> {
  const tables = await auth.database.introspection.getTables();
  const rows = await Promise.all(
    tables.map((table) =>
      sql<{
        row: Record<string, unknown>;
      }>`select to_jsonb(t) as row from ${sql.table(table.name)} t`.execute(
        auth.database,
      ),
    ),
  );
  return rows
    .flatMap((result) => result.rows)
    .map(({ row }) => {
      const text = JSON.stringify(row);
      const [, bytes = ""] = /"\\\\x([0-9a-f]+)"/.exec(text) ?? [];
      return text + Buffer.from(bytes, "hex").toString("latin1");
    });
}
