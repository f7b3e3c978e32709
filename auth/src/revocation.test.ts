import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SignJWT, decodeJwt, exportJWK, generateKeyPair } from "jose";
import { deny, readDenied, sweepDenied } from "./denied.repository.ts";
import {
  type TestAuth,
  askToken,
  authorizationRequest,
  basic,
  exchangeOf,
  openBrowser,
  postForm,
  signIn,
  startTestAuth,
  tokensOf,
} from "./testing.ts";

let auth: TestAuth;
let gateway: Readonly<Record<string, string>>;
let payroll: Readonly<Record<string, string>>;
beforeAll(async () => {
  auth = await startTestAuth();
  gateway = basic("gateway", auth.config.secrets.GATEWAY_SECRET);
  payroll = basic("payroll-export", auth.config.secrets.PAYROLL_EXPORT_SECRET);
});
afterAll(() => auth.close());

const ada = "ada.employee@demo";

describe("introspection", () => {
  test("tells the gateway everything about any live access token", async () => {
    const { body } = await tokensOf(auth.issuer, ada);
    const { access_token: token = "" } = body;
    expect(await introspect(token, gateway)).toEqual({
      active: true,
      token_type: "Bearer",
      ...decodeJwt(token),
    });
  });

  test("tells a client about its own tokens, and about others' no more than of none", async () => {
    const own = await machineToken();
    const { body } = await tokensOf(auth.issuer, ada);
    expect(await introspect(own, payroll)).toMatchObject({ active: true });
    for (const token of [body["access_token"], body["refresh_token"]])
      expect(await introspect(token ?? "", payroll)).toEqual({ active: false });
  });

  test("knows refresh tokens, which the gateway is told of as well", async () => {
    const { body } = await tokensOf(auth.issuer, ada);
    expect(
      await introspect(body["refresh_token"] ?? "", gateway),
    ).toMatchObject({ active: true, client_id: "explorer", sub: "usr_ada" });
  });

  test("finds nothing live in forgeries, other kinds of tokens and nonsense", async () => {
    const { body } = await tokensOf(auth.issuer, ada);
    const live = body["access_token"] ?? "";
    const forged = [
      await forge(live),
      `${live.slice(0, -4)}AAAA`,
      body["id_token"] ?? "",
      "nonsense",
      "a.b.c",
    ];
    for (const token of forged)
      expect(await introspect(token, gateway)).toEqual({ active: false });
  });

  test("is refused without the client's secret", async () => {
    const url = `${auth.issuer}/connect/introspect`;
    const wrong = basic("gateway", "wrong");
    expect(await postForm(url, { token: "any" }, wrong)).toMatchObject({
      status: 401,
      body: { error: "invalid_client" },
    });
  });
});

describe("revocation", () => {
  test("of an access token by its own client denies that token alone", async () => {
    const { body } = await tokensOf(auth.issuer, ada);
    const { access_token: token = "", refresh_token: refresh = "" } = body;
    expect(await revoke(token)).toEqual({ status: 200, body: "" });
    const { jti, exp = 0 } = decodeJwt(token);
    expect(await newest()).toEqual({
      seq: expect.any(Number),
      kind: "jti",
      value: jti,
      until: exp + 60,
    });
    expect(await introspect(token, gateway)).toEqual({ active: false });
    expect((await refreshWith(refresh)).status).toBe(200);
  });

  test("of a refresh token ends its grant, and denies the tokens made from it", async () => {
    const { body } = await tokensOf(auth.issuer, ada);
    const { access_token: token = "", refresh_token: refresh = "" } = body;
    expect(await introspect(token, gateway)).toMatchObject({ active: true });
    expect(await revoke(refresh)).toEqual({ status: 200, body: "" });
    expect(await newest()).toMatchObject({
      kind: "gid",
      value: decodeJwt(token)["gid"],
    });
    expect(await introspect(token, gateway)).toEqual({ active: false });
    expect((await refreshWith(refresh)).body["error"]).toBe("invalid_grant");
  });

  test("of another client's token, of a forgery and of nonsense is answered alike and does nothing", async () => {
    const own = await machineToken();
    const before = await newest();
    for (const token of [own, await forge(own), "nonsense"])
      expect(await revoke(token)).toEqual({ status: 200, body: "" });
    expect(await newest()).toEqual(before);
    expect(await introspect(own, gateway)).toMatchObject({ active: true });
  });
});

describe("a grant", () => {
  test("whose code is used twice ends, with all that was made from it", async () => {
    const { url, verifier } = authorizationRequest(auth.issuer);
    const redirect = await signIn(openBrowser(auth.issuer), url, {
      login: ada,
    });
    const form = exchangeOf(redirect, verifier);
    const first = await askToken(auth.issuer, form);
    const token = first.body["access_token"] ?? "";
    expect(await introspect(token, gateway)).toMatchObject({ active: true });
    expect((await askToken(auth.issuer, form)).body["error"]).toBe(
      "invalid_grant",
    );
    expect(await introspect(token, gateway)).toEqual({ active: false });
    const refreshed = await refreshWith(first.body["refresh_token"] ?? "");
    expect(refreshed.body["error"]).toBe("invalid_grant");
  });

  test("of a first-party client ends with the session, that of the command line lives on", async () => {
    const browser = openBrowser(auth.issuer);
    const [own, command] = [
      await tokensIn(browser, "explorer"),
      await tokensIn(browser, "hr-cli"),
    ];
    const page = await browser.visit(`${auth.issuer}/connect/endsession`);
    const [, xsrf = ""] = /name="xsrf" value="([^"]+)"/.exec(page.text) ?? [];
    await browser.post(`${auth.issuer}/connect/endsession/confirm`, {
      xsrf,
      logout: "yes",
    });
    expect(await introspect(own, gateway)).toEqual({ active: false });
    expect(await introspect(command, gateway)).toMatchObject({ active: true });
  });
});

describe("the denylist", () => {
  test("is for the gateway alone", async () => {
    for (const headers of [{}, payroll, basic("gateway", "wrong")]) {
      const answer = await fetch(`${auth.issuer}/connect/denylist`, {
        headers,
      });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toBe(
        `Basic realm="${auth.issuer}"`,
      );
    }
    expect((await follow(0)).status).toBe(200);
  });

  test.each(["x", "-1", "1&after=2", "9".repeat(16)])(
    "refuses after=%s",
    async (after) => {
      const answer = await fetch(
        `${auth.issuer}/connect/denylist?after=${after}`,
        { headers: gateway },
      );
      expect(answer.status).toBe(400);
    },
  );

  test("gives what came after, in order, and where it ends", async () => {
    const { last: before } = (await follow(0)).body;
    await denyAll(["one", "two"]);
    const { last, entries } = (await follow(before)).body;
    expect(entries.map(({ value }) => value)).toEqual(["one", "two"]);
    expect(last).toBe(entries.at(-1)?.seq);
    expect(await follow(last)).toMatchObject({ body: { last, entries: [] } });
  });

  test("hides no entry from a reader that follows many writers at once", async () => {
    const { last: start } = await readDenied(auth.database, 0);
    const all = Array.from({ length: 60 }, (_, i) => `value ${i}`);
    const seen: string[] = [];
    let after = start;
    const writing = Promise.all(all.map((value) => denyAll([value])));
    while (seen.length < all.length) {
      const { last, entries } = await readDenied(auth.database, after);
      seen.push(...entries.map(({ value }) => value));
      after = last;
    }
    await writing;
    expect(seen.sort()).toEqual(all.sort());
  });

  test("denies a person's tokens by the full second, those of later seconds not", async () => {
    await auth.database
      .transaction()
      .execute((transaction) =>
        deny(transaction, [{ kind: "sub", value: "usr_gone" }]),
      );
    const { before = 0, until = 0 } = await newest();
    const now = Date.now() / 1000;
    expect(before - now).toBeGreaterThan(-1);
    expect(before - now).toBeLessThanOrEqual(1.5);
    expect(until - now).toBeGreaterThan(355);
  });

  test("forgets what no live token can meet, but never how far it is", async () => {
    const { last } = await readDenied(auth.database, 0);
    await auth.database
      .updateTable("denied")
      .set({ until: new Date(0) })
      .execute();
    await sweepDenied(auth.database);
    const left = await readDenied(auth.database, 0);
    expect(left).toMatchObject({ last, entries: [{ seq: last }] });
  });
});

async function introspect(
  token: string,
  headers: Readonly<Record<string, string>>,
): Promise<unknown> {
  const url = `${auth.issuer}/connect/introspect`;
  const { status, body } = await postForm(url, { token }, headers);
  expect(status).toBe(200);
  return body;
}

/** As the explorer, a public client. */
function revoke(token: string) {
  const url = `${auth.issuer}/connect/revocation`;
  return postForm(url, { token, client_id: "explorer" });
}

function refreshWith(token: string) {
  return askToken(auth.issuer, {
    grant_type: "refresh_token",
    client_id: "explorer",
    refresh_token: token,
  });
}

async function machineToken(): Promise<string> {
  const form = { grant_type: "client_credentials" };
  const { body } = await askToken(auth.issuer, form, payroll);
  return body["access_token"] ?? "";
}

async function tokensIn(
  browser: ReturnType<typeof openBrowser>,
  client: string,
): Promise<string> {
  const redirect =
    client === "hr-cli" ? { redirect_uri: "http://127.0.0.1/callback" } : {};
  const { url, verifier } = authorizationRequest(auth.issuer, {
    client_id: client,
    ...redirect,
  });
  const answer = await signIn(browser, url, { login: ada });
  const { body } = await askToken(auth.issuer, {
    ...exchangeOf(answer, verifier),
    client_id: client,
    ...redirect,
  });
  return body["access_token"] ?? "";
}

/** The same claims, signed by a key nobody publishes. */
async function forge(token: string): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const { kid } = { kid: "forged", ...(await exportJWK(publicKey)) };
  return new SignJWT(decodeJwt(token))
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid })
    .sign(privateKey);
}

type Feed = Awaited<ReturnType<typeof readDenied>>;

async function follow(
  after: number,
): Promise<{ readonly status: number; readonly body: Feed }> {
  const answer = await fetch(`${auth.issuer}/connect/denylist?after=${after}`, {
    headers: gateway,
  });
  return { status: answer.status, body: (await answer.json()) as Feed };
}

async function newest() {
  const { entries } = await readDenied(auth.database, 0);
  const entry = entries.at(-1);
  if (!entry) throw new Error("nothing is denied");
  return entry;
}

function denyAll(values: readonly string[]): Promise<void> {
  return auth.database.transaction().execute((transaction) =>
    deny(
      transaction,
      values.map((value) => ({ kind: "gid" as const, value })),
    ),
  );
}
