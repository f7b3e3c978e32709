import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { decodeJwt } from "jose";
import { sql } from "kysely";
import { removePasskeys } from "./passkeys.repository.ts";
import {
  type Place,
  addPasskey,
  createDevice,
  enrol,
  enterPassword,
  hasCode,
  headingOf,
  openRequest,
  outcomeOf,
  passkeyAcr,
  post,
  usePasskey,
} from "./passkeys-testing.ts";
import {
  type TestAuth,
  askDeviceCode,
  askToken,
  enterDeviceCode,
  exchangeDeviceCode,
  exchangeOf,
  hiddenFields,
  openBrowser,
  startTestAuth,
} from "./testing.ts";

const passwordAcr = "urn:hr:acr:password";
const ada = "ada.employee@demo";
const mia = "mia.manager@demo";
const otto = "otto.auditor@demo";
const pam = "pam.payroll@demo";

let auth: TestAuth;
beforeAll(async () => {
  const env = { PASSKEY_REQUIRED_ROLES: "payroll-officer  auditor" };
  auth = await startTestAuth({}, env);
});
afterAll(() => auth.close());

describe("where a role needs a passkey", () => {
  test("Pam's password alone gives no code, and Ada's does", async () => {
    const first = await enterPassword(await openRequest(auth), pam);
    expect(headingOf(first)).toBe("Set up a passkey");
    const again = await openRequest(auth, {}, first.browser);
    expect(headingOf(again)).toBe("Sign in");
    expect(errorOf(await post(first, "continue"))).toBeNull();
    expect(hasCode(await openRequest(auth, {}, first.browser))).toBe(false);
    const employee = await enterPassword(await openRequest(auth), ada);
    expect(hasCode(employee)).toBe(true);
  });

  test("Pam makes one at her first sign-in, and needs it at the next", async () => {
    const device = createDevice(auth.issuer);
    const first = await enterPassword(await openRequest(auth), pam);
    const made = await addPasskey(first, device);
    expect(headingOf(made)).toBe("Use your passkey");
    const used = await usePasskey(made, "use", device);
    expect((await tokensFor(used)).claims).toMatchObject({ acr: passkeyAcr });
    const next = await enterPassword(await openRequest(auth), pam);
    expect(headingOf(next)).toBe("Use your passkey");
    expect(hasCode(await usePasskey(next, "use", device))).toBe(true);
  });

  test("nobody else's passkey will do after Pam's password", async () => {
    const hers = createDevice(auth.issuer);
    const other = createDevice(auth.issuer);
    await resetPasskeys("usr_pam");
    await enrol(auth, pam, hers);
    await enrol(auth, mia, other);
    const place = await enterPassword(await openRequest(auth), pam);
    const refused = await usePasskey(place, "use", other);
    expect(refused.answer?.status).toBe(400);
    expect(refused.answer?.text).toContain("That passkey was not accepted.");
    expect(hasCode(await usePasskey(refused, "use", hers))).toBe(true);
  });

  test("who declines is told to the client as access_denied", async () => {
    const place = await enterPassword(await openRequest(auth), otto);
    expect(errorOf(await post(place, "abort"))).toBe("access_denied");
  });

  test("whoever comes to it by promotion has to sign in anew", async () => {
    const weak = await tokensFor(
      await enterPassword(await openRequest(auth), ada),
    );
    const device = createDevice(auth.issuer);
    const strong = await tokensFor(await enrol(auth, ada, device));
    await setRole("usr_ada", "auditor");
    const answers = [await refresh(weak), await refresh(strong)];
    await setRole("usr_ada", "employee");
    expect(answers.map(({ status, body }) => [status, body["error"]])).toEqual([
      [400, "invalid_grant"],
      [200, undefined],
    ]);
    expect((await refresh(weak)).status).toBe(200);
  });

  test("after a reset the password lets its owner make a first one again", async () => {
    await enrol(auth, otto, createDevice(auth.issuer));
    await resetPasskeys("usr_otto");
    const place = await enterPassword(await openRequest(auth), otto);
    expect(headingOf(place)).toBe("Set up a passkey");
  });

  test("a device is let in by a passkey, and its token says so", async () => {
    const device = createDevice(auth.issuer);
    await resetPasskeys("usr_pam");
    await enrol(auth, pam, device);
    const { deviceCode, userCode } = await askDeviceCode(auth.issuer);
    const browser = openBrowser(auth.issuer);
    const confirm = await enterDeviceCode(browser, auth.issuer, userCode);
    const known = await browser.post(`${auth.issuer}/device`, {
      ...hiddenFields(confirm.text),
      confirm: "yes",
    });
    const location = known.headers.get("location") ?? "";
    const here = await browser.follow(new URL(location, auth.issuer));
    const login = { ...here, browser, url: here.url.href, verifier: "" };
    const place = await enterPassword(login, pam);
    expect((await exchangeDeviceCode(auth.issuer, deviceCode)).status).toBe(
      400,
    );
    await post(await usePasskey(place, "use", device), "confirm");
    const { body } = await exchangeDeviceCode(auth.issuer, deviceCode);
    expect(decodeJwt(body["access_token"] ?? "")).toMatchObject({
      sub: "usr_pam",
      acr: passkeyAcr,
      amr: ["pop", "user", "mfa"],
      auth_time: expect.any(Number),
    });
  });
});

describe("a client that asks for a passkey", () => {
  const asking: readonly [string, Readonly<Record<string, string>>][] = [
    ["by acr_values", { acr_values: passkeyAcr }],
    ["by acr_values, others beside it", { acr_values: `urn:x ${passkeyAcr}` }],
    [
      "by an essential claim",
      { claims: acrClaim({ essential: true, value: passkeyAcr }) },
    ],
    [
      "by essential claims",
      { claims: acrClaim({ essential: true, values: [passkeyAcr] }) },
    ],
  ];
  test.each(asking)("%s gets one, in an open session too", async (_, asked) => {
    const { device, browser } = await openSession();
    const place = await openRequest(auth, asked, browser);
    expect(headingOf(place)).toBe("Use your passkey");
    const used = await usePasskey(place, "use", device);
    expect((await tokensFor(used)).claims).toMatchObject({ acr: passkeyAcr });
    expect(hasCode(await openRequest(auth, asked, browser))).toBe(true);
  });

  const content: readonly [string, Readonly<Record<string, string>>][] = [
    ["nothing", {}],
    ["a password", { acr_values: passwordAcr }],
    ["either", { acr_values: `${passkeyAcr} ${passwordAcr}` }],
    ["a passkey, if it may be", { claims: acrClaim({ value: passkeyAcr }) }],
    ["something essential", { claims: acrClaim({ essential: true }) }],
  ];
  test.each(content)(
    "is content with a password if it asks for %s",
    async (_, asked) => {
      const { browser } = await openSession();
      const { claims } = await tokensFor(
        await openRequest(auth, asked, browser),
      );
      expect(claims).toMatchObject({ acr: passwordAcr, amr: ["pwd"] });
    },
  );

  test("reads it in the ID token as well", async () => {
    const device = createDevice(auth.issuer);
    await resetPasskeys("usr_mia");
    const { idToken } = await tokensFor(await enrol(auth, mia, device));
    expect(idToken["acr"]).toBe(passkeyAcr);
  });

  test("is told if the person declines", async () => {
    const { browser } = await openSession();
    const asked = { acr_values: passkeyAcr };
    const place = await openRequest(auth, asked, browser);
    expect(errorOf(await post(place, "abort"))).toBe(
      "unmet_authentication_requirements",
    );
  });

  test("is told if nobody here can sign in so", async () => {
    const { browser } = await openSession();
    const asked = { acr_values: "urn:x urn:y" };
    expect(errorOf(await openRequest(auth, asked, browser))).toBe(
      "unmet_authentication_requirements",
    );
  });

  test("without showing a page is told to show one, until there was a passkey", async () => {
    const { device, browser } = await openSession();
    const asked = { acr_values: passkeyAcr };
    const silent = { ...asked, prompt: "none" };
    expect(errorOf(await openRequest(auth, silent, browser))).toBe(
      "login_required",
    );
    const place = await openRequest(auth, asked, browser);
    await usePasskey(place, "use", device);
    expect(hasCode(await openRequest(auth, silent, browser))).toBe(true);
  });

  test.each([
    ["max_age", { max_age: "0" }],
    ["prompt=login", { prompt: "login" }],
  ])("and for a fresh sign-in by %s gets both", async (_, fresh) => {
    const { device, browser, login } = await openSession();
    const asked = { acr_values: passkeyAcr, ...fresh };
    await usePasskey(
      await openRequest(auth, { acr_values: passkeyAcr }, browser),
      "use",
      device,
    );
    await ageSessions();
    const place = await openRequest(auth, asked, browser);
    expect(headingOf(place)).toBe("Sign in");
    const weak = await enterPassword(place, login);
    expect(headingOf(weak)).toBe("Use your passkey");
    const { claims } = await tokensFor(await usePasskey(weak, "use", device));
    const age = Number(claims["iat"]) - Number(claims["auth_time"]);
    expect(claims["acr"]).toBe(passkeyAcr);
    expect([0, 1, 2]).toContain(age);
  });

  test("finds the values in the metadata", async () => {
    const url = `${auth.issuer}/.well-known/openid-configuration`;
    const metadata = (await (await fetch(url)).json()) as object;
    expect(metadata).toMatchObject({
      acr_values_supported: [passwordAcr, passkeyAcr],
      claims_parameter_supported: true,
    });
  });
});

test("a refresh tells of the sign-in as it was", async () => {
  const device = createDevice(auth.issuer);
  await resetPasskeys("usr_mia");
  const tokens = await tokensFor(await enrol(auth, mia, device));
  await ageRefreshTokens();
  const { body } = await refresh(tokens);
  const { acr, amr, auth_time: at } = decodeJwt(body["access_token"] ?? "");
  expect({ acr, amr }).toEqual({
    acr: passkeyAcr,
    amr: ["pop", "user", "mfa"],
  });
  expect(at).toBe(1_000_000_000);
});

test("a consent given later leaves the time of the sign-in as it was", async () => {
  const cli = "http://127.0.0.1:1234/callback";
  const asked = { client_id: "hr-cli", redirect_uri: cli };
  const start = await openRequest(auth, asked);
  const consent = await enterPassword(start, ada);
  expect(headingOf(consent)).toBe("Allow HR command line?");
  await setSince("Interaction", "lastSubmission,login,ts");
  const { url, verifier } = await post(consent, "confirm");
  const form = { ...exchangeOf(new URL(url), verifier), ...asked };
  const { body } = await askToken(auth.issuer, form);
  const claims = decodeJwt(body["access_token"] ?? "");
  expect(claims["auth_time"]).toBe(1_000_000_000);
});

test("single claims that a client asks for are not given, and not asked about", async () => {
  const claims = JSON.stringify({ id_token: { email: { essential: true } } });
  const start = await openRequest(auth, { claims, scope: "openid" });
  const { idToken } = await tokensFor(await enterPassword(start, ada));
  expect(idToken["sub"]).toBe("usr_ada");
  expect(idToken["email"]).toBeUndefined();
});

/** Mia has a passkey, and just signed in with her password. */
async function openSession() {
  await resetPasskeys("usr_mia");
  const device = createDevice(auth.issuer);
  await enrol(auth, mia, device);
  const { browser } = await enterPassword(await openRequest(auth), mia);
  return { device, browser, login: mia };
}

function acrClaim(acr: object): string {
  return JSON.stringify({ id_token: { acr } });
}

async function tokensFor({ url, verifier }: Place) {
  const form = exchangeOf(new URL(url), verifier);
  const { body } = await askToken(auth.issuer, form);
  return {
    claims: decodeJwt(body["access_token"] ?? ""),
    idToken: decodeJwt(body["id_token"] ?? ""),
    refreshToken: body["refresh_token"] ?? "",
  };
}

function refresh({ refreshToken }: { readonly refreshToken: string }) {
  return askToken(auth.issuer, {
    grant_type: "refresh_token",
    client_id: "explorer",
    refresh_token: refreshToken,
  });
}

function errorOf(place: Place): string | null {
  return outcomeOf(place).get("error");
}

/** As an administrator does, who ends the account's sessions as well. */
async function resetPasskeys(id: string) {
  await auth.database
    .transaction()
    .execute((transaction) => removePasskeys(transaction, id));
}

async function setRole(id: string, role: string) {
  await auth.database
    .updateTable("account")
    .set({ role })
    .where("id", "=", id)
    .execute();
}

/** Signed in, by what the records say, long ago. */
function ageSessions() {
  return setSince("Session", "loginTs");
}

function ageRefreshTokens() {
  return setSince("RefreshToken", "authTime");
}

/** Of what is not recorded nothing is set. */
async function setSince(model: string, path: string) {
  await auth.database
    .updateTable("oidc_record")
    .set({
      payload: sql`jsonb_set(payload, string_to_array(${path}, ','), '1000000000', false)`,
    })
    .where("model", "=", model)
    .execute();
}
