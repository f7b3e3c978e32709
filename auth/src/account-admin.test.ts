import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { decodeJwt } from "jose";
import { type AccountAdmin, accountAdmin } from "./account-admin.ts";
import { readDenied } from "./denied.repository.ts";
import {
  type TestAuth,
  type TokenAnswer,
  askToken,
  authorizationRequest,
  basic,
  exchangeOf,
  openBrowser,
  signIn,
  startTestAuth,
} from "./testing.ts";

let auth: TestAuth;
let accounts: AccountAdmin;
beforeAll(async () => {
  auth = await startTestAuth();
  const query = auth.database;
  const transaction = <Result>(
    work: Parameters<ReturnType<typeof query.transaction>["execute"]>[0],
  ) => query.transaction().execute(work) as Promise<Result>;
  accounts = accountAdmin({ query, transaction }, { shortest: 12 });
});
afterAll(() => auth.close());

const password = "a long way to Tipperary";
let people = 0;

function person(role = "employee") {
  const signIn = `person${++people}@hr.example`;
  const displayName = `Person ${people}`;
  return { signIn, displayName, role, employeeId: null, password };
}

describe("an added person", () => {
  test("signs in with that password, whatever the case of the name, and no other", async () => {
    const nora = {
      ...person("manager"),
      signIn: " Nora@HR.example ",
      employeeId: "emp_nora",
    };
    const { id } = await accounts.add(nora);
    expect(id).toMatch(/^usr_[\w-]{16}$/);
    const { body } = await tokens("nora@hr.example");
    expect(decodeJwt(body["access_token"] ?? "")).toMatchObject({
      sub: id,
      roles: ["manager"],
      employee_id: "emp_nora",
    });
    await expect(
      tokens("nora@hr.example", "another one, twelve+"),
    ).rejects.toThrow(/sign-in answered/);
  });

  test("is refused for all that is wrong at once", async () => {
    const wrong = {
      signIn: "two words",
      displayName: " ",
      role: "owner",
      employeeId: "ada",
      password: "short",
    };
    await expect(accounts.add(wrong)).rejects.toThrow(
      `The account is refused.
  a name to sign in with has 1 to 254 characters and no spaces
  a display name has 1 to 200 characters
  there is no role owner
  an employee id looks like emp_ada
  a password has at least 12 characters`,
    );
  });

  test("does not take the name of another, not even of a disabled one", async () => {
    const first = person();
    const { id } = await accounts.add(first);
    await accounts.disable(id);
    const again = accounts.add({ ...person(), signIn: first.signIn });
    await expect(again).rejects.toThrow(
      `Somebody signs in as ${first.signIn} already.`,
    );
  });

  test("is listed with the others, in order of their names", async () => {
    const { signIn, role } = person();
    const { id } = await accounts.add({ ...person(), signIn, role });
    const list = await accounts.list();
    expect(list).toContainEqual({
      id,
      signIn,
      role,
      displayName: `Person ${people}`,
      employeeId: null,
      disabled: false,
    });
    const names = list.map((one) => one.signIn);
    expect(names).toEqual([...names].sort());
  });
});

describe("an account that is disabled", () => {
  test("ends: its tokens, its grants, its sessions, and nobody else's", async () => {
    const [gone, other] = [await signedIn(), await signedIn()];
    await accounts.disable(gone.id);
    expect(await refused(gone)).toEqual({
      refresh: "invalid_grant",
      active: false,
      session: "login_required",
    });
    expect(await refused(other)).toEqual({
      refresh: undefined,
      active: true,
      session: null,
    });
  });

  test("is denied in the feed from the next full second on", async () => {
    const { id } = await signedIn();
    const { last } = await readDenied(auth.database, 0);
    const asked = Date.now() / 1000;
    await accounts.disable(id);
    const answered = Date.now() / 1000;
    const { entries } = await readDenied(auth.database, last);
    expect(entries).toMatchObject([{ kind: "sub", value: id }]);
    const { before = 0, until } = entries[0] ?? {};
    expect(before).toBeGreaterThanOrEqual(Math.floor(asked) + 1);
    expect(before).toBeLessThanOrEqual(Math.floor(answered) + 1);
    expect(until).toBeGreaterThanOrEqual(before + 300);
  });

  test("does not sign in until it is enabled, and what ended stays so", async () => {
    const { id, login, refreshToken } = await signedIn();
    await accounts.disable(id);
    await expect(tokens(login)).rejects.toThrow(/sign-in answered/);
    await accounts.enable(id);
    expect((await tokens(login)).status).toBe(200);
    expect((await refresh(refreshToken)).body["error"]).toBe("invalid_grant");
  });
});

describe("another role", () => {
  test("shows at the next refresh, both up and down, and denies the tokens before it", async () => {
    const { id, refreshToken, accessToken } = await signedIn();
    await accounts.setRole(id, "payroll-officer");
    const up = await refresh(refreshToken);
    expect(up.body["scope"]).toContain("payroll:read ");
    expect(await isActive(accessToken)).toBe(false);
    await accounts.setRole(id, "employee");
    const down = await refresh(up.body["refresh_token"] ?? "");
    expect(down.body["scope"]).not.toContain("payroll:read ");
  });
});

describe("another password", () => {
  test("replaces the old one and ends what was signed in with it", async () => {
    const her = await signedIn();
    const next = "another long way home";
    await accounts.setPassword(her.id, next);
    expect(await refused(her)).toEqual({
      refresh: "invalid_grant",
      active: false,
      session: "login_required",
    });
    await expect(tokens(her.login)).rejects.toThrow(/sign-in answered/);
    expect((await tokens(her.login, next)).status).toBe(200);
  });

  test("is refused by the rules, and then nothing ends", async () => {
    const her = await signedIn();
    await expect(accounts.setPassword(her.id, "short")).rejects.toThrow(
      "The password is refused.\n  a password has at least 12 characters",
    );
    expect(await refused(her)).toMatchObject({ active: true, session: null });
  });
});

test("sessions end where only that is asked, and the person signs in again", async () => {
  const her = await signedIn();
  await accounts.endSessions(her.id);
  expect(await refused(her)).toMatchObject({
    refresh: "invalid_grant",
    active: false,
  });
  expect((await tokens(her.login)).status).toBe(200);
});

test("passkeys are removed for who lost them, and nobody else's; sessions end with them", async () => {
  const [her, other] = [await signedIn(), await signedIn()];
  await auth.database
    .insertInto("passkey")
    .values([her.id, other.id].map(passkeyOf))
    .execute();
  await accounts.removePasskeys(her.id);
  const left = await auth.database
    .selectFrom("passkey")
    .select("account_id")
    .execute();
  expect(left).toEqual([{ account_id: other.id }]);
  expect(await refused(her)).toMatchObject({
    refresh: "invalid_grant",
    active: false,
  });
});

test.each(["disable", "enable", "endSessions", "removePasskeys"] as const)(
  "an account that is not there is not %sd in silence",
  async (verb) => {
    await expect(accounts[verb]("usr_nobody")).rejects.toThrow(
      "There is no account usr_nobody.",
    );
  },
);

function passkeyOf(accountId: string) {
  return {
    id: `of-${accountId}`,
    account_id: accountId,
    public_key: Buffer.from("a public key"),
    counter: 0,
    transports: [],
    device_type: "singleDevice" as const,
    backed_up: false,
    last_used_at: null,
  };
}

/** A new person, signed in at the explorer. */
async function signedIn() {
  const added = person();
  const { id } = await accounts.add(added);
  const browser = openBrowser(auth.issuer);
  const { url, verifier } = authorizationRequest(auth.issuer, everything);
  const redirect = await signIn(browser, url, {
    login: added.signIn,
    password,
  });
  const { body } = await askToken(auth.issuer, exchangeOf(redirect, verifier));
  const refreshToken = body["refresh_token"] ?? "";
  const accessToken = body["access_token"] ?? "";
  return { id, login: added.signIn, browser, refreshToken, accessToken };
}

/** How the three ways on are answered: refresh token, access token, session. */
async function refused(her: Awaited<ReturnType<typeof signedIn>>) {
  const active = await isActive(her.accessToken);
  const { url } = authorizationRequest(auth.issuer, { prompt: "none" });
  const again = await her.browser.follow(url);
  const { body } = await refresh(her.refreshToken);
  return {
    refresh: body["error"],
    active,
    session: again.url.searchParams.get("error"),
  };
}

const everything = { scope: "openid" };

async function tokens(login: string, word = password): Promise<TokenAnswer> {
  const { url, verifier } = authorizationRequest(auth.issuer, everything);
  const visitor = { login, password: word };
  const redirect = await signIn(openBrowser(auth.issuer), url, visitor);
  return askToken(auth.issuer, exchangeOf(redirect, verifier));
}

function refresh(token: string): Promise<TokenAnswer> {
  const form = { grant_type: "refresh_token", client_id: "explorer" };
  return askToken(auth.issuer, { ...form, refresh_token: token });
}

async function isActive(token: string): Promise<boolean> {
  const response = await fetch(`${auth.issuer}/connect/introspect`, {
    method: "POST",
    headers: basic("gateway", auth.config.secrets.GATEWAY_SECRET),
    body: new URLSearchParams({ token }),
  });
  const { active } = (await response.json()) as { readonly active: boolean };
  return active;
}
