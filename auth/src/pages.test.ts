import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  test,
} from "@jest/globals";
import { sql } from "kysely";
import {
  type Answer,
  type TestAuth,
  authorizationRequest,
  openBrowser,
  signIn,
  startTestAuth,
} from "./testing.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startTestAuth();
});
afterEach(async () => {
  await auth.database.deleteFrom("sign_in_attempt").execute();
});
afterAll(() => auth.close());

const ada = { sign_in: "ada.employee@demo", password: "demo" };
const wrong = { ...ada, password: "demo1" };

describe("the sign-in page", () => {
  test("may load nothing, run its own script only, be framed by nobody, and is kept by no cache", async () => {
    const { answer } = await openLogin();
    const { headers } = answer;
    expect([
      answer.status,
      headers.get("cache-control"),
      headers.get("x-content-type-options"),
      headers.get("referrer-policy"),
    ]).toEqual([200, "no-store", "nosniff", "no-referrer"]);
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; script-src 'sha256-[\w+/=]+'; frame-ancestors 'none'; base-uri 'none'$/,
    );
  });

  test("fills in the hint of the client, as text", async () => {
    const { answer } = await openLogin({ login_hint: '"><script>ada@demo' });
    expect(answer.text).toContain('value="&#34;&#62;&#60;script&#62;ada@demo"');
    expect(answer.text).not.toContain("<script>ada");
  });

  test("says the same to an unknown name, a wrong password and a disabled account", async () => {
    await auth.database
      .updateTable("account")
      .set({ disabled_at: new Date() })
      .where("id", "=", "usr_pam")
      .execute();
    const { browser, url } = await openLogin();
    const answers = [
      await browser.post(`${url}/login`, wrong),
      await browser.post(`${url}/login`, { ...ada, sign_in: "nobody@demo" }),
      await browser.post(`${url}/login`, {
        ...ada,
        sign_in: "pam.payroll@demo",
      }),
    ];
    const [first, ...others] = answers.map(withoutName);
    expect(first?.status).toBe(400);
    expect(first?.text).toContain('role="alert"');
    expect(others).toEqual([first, first]);
  });

  test("lets the right password in after a wrong one", async () => {
    const { browser, url } = await openLogin();
    await browser.post(`${url}/login`, wrong);
    const answer = await browser.post(`${url}/login`, ada);
    expect(answer.status).toBe(303);
  });

  test("cancels back to the client with access_denied", async () => {
    const { browser, url } = await openLogin();
    const answer = await browser.post(`${url}/abort`, {});
    const back = await browser.follow(answer.headers.get("location") ?? "");
    expect(back.url.searchParams.get("error")).toBe("access_denied");
  });

  test("names the demo sign-ins, as such", async () => {
    const { answer } = await openLogin();
    expect(answer.text).toContain("Demo company – development only");
    expect(answer.text).toContain("otto.auditor@demo");
  });
});

describe("a form", () => {
  const elsewhere: readonly [string, Record<string, string>][] = [
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["another port of this host", { "sec-fetch-site": "same-site" }],
    [
      "another origin, by a browser of old",
      { origin: "https://elsewhere.example" },
    ],
    ["an opaque origin, by a browser of old", { origin: "null" }],
  ];
  test.each(elsewhere)("posted from %s is refused", async (_, headers) => {
    const { browser, url } = await openLogin();
    const body = new URLSearchParams(ada);
    const answer = await browser.visit(`${url}/login`, {
      method: "POST",
      body,
      headers,
    });
    expect(answer.status).toBe(403);
    expect(await attempts()).toBe(0);
  });

  test("posted from the page itself is taken", async () => {
    const { browser, url } = await openLogin();
    const body = new URLSearchParams(ada);
    const headers = { "sec-fetch-site": "same-origin", origin: "null" };
    const answer = await browser.visit(`${url}/login`, {
      method: "POST",
      body,
      headers,
    });
    expect(answer.status).toBe(303);
  });

  test("without the cookie of its interaction is refused, with that of another too", async () => {
    const { url } = await openLogin();
    const other = await openLogin();
    const stranger = openBrowser(auth.issuer);
    const path = new URL(url).pathname;
    const cookie = [...other.browser.jar]
      .map(([place, value]) => `${place.split(" ")[0]}=${value}`)
      .join("; ");
    const answers = [
      await stranger.post(`${url}/login`, ada),
      await stranger.visit(url),
      await stranger.visit(auth.issuer + path, { headers: { cookie } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  });

  test("that is no form, or too long, is refused", async () => {
    const { browser, url } = await openLogin();
    const json = {
      method: "POST",
      body: JSON.stringify(ada),
      headers: { "content-type": "application/json" },
    };
    const answers = [
      await browser.visit(`${url}/login`, json),
      await browser.post(`${url}/login`, { ...ada, more: "x".repeat(9_000) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
  });

  test("of a step that is not due leads nowhere", async () => {
    const { browser, url } = await openLogin();
    const answer = await browser.post(`${url}/confirm`, {});
    expect(answer.status).toBe(404);
  });
});

test("in production cookies are Secure whatever the proxy says, and no page tells of demo sign-ins", async () => {
  const production = await startTestAuth(
    {},
    {
      NODE_ENV: "production",
      ISSUER: "https://auth.hr.example",
      API_AUDIENCE: "https://api.hr.example/graphql",
      GATEWAY_ORIGIN: "https://api.hr.example",
      APP_ORIGIN: "https://hr.example",
      PARTNER_PORTAL_ORIGIN: "https://partner.example",
    },
  );
  const { address } = production;
  const { url } = authorizationRequest(address, {
    redirect_uri: "https://api.hr.example/explorer/callback",
    resource: "https://api.hr.example/graphql",
  });
  const browser = openBrowser(address);
  const headers = { "x-forwarded-proto": "https" };
  const start = await browser.visit(url, { headers });
  const page = await browser.visit(
    new URL(start.headers.get("location") ?? "", address),
    { headers },
  );
  const bare = await openBrowser(address).visit(url);
  await production.close();
  for (const answer of [start, bare]) {
    const cookies = answer.headers.getSetCookie();
    expect(cookies.length).toBe(4);
    for (const cookie of cookies) expect(cookie).toMatch(/; secure/i);
  }
  expect(page.status).toBe(200);
  expect(page.text).not.toMatch(/Demo company|@demo/);
});

test("cookies are signed, out of reach of scripts, and not sent across sites", async () => {
  const { url } = authorizationRequest(auth.issuer);
  const answer = await openBrowser(auth.issuer).visit(url);
  const cookies = answer.headers.getSetCookie();
  expect(cookies.map((cookie) => cookie.split("=")[0])).toEqual([
    "_interaction",
    "_interaction.sig",
    "_interaction_resume",
    "_interaction_resume.sig",
  ]);
  for (const cookie of cookies)
    expect(cookie).toMatch(/samesite=lax; httponly$/i);
});

describe("consent", () => {
  test("names the client and what it would get today; Deny goes back with access_denied", async () => {
    const { browser, url, answer } = await openConsent();
    expect(answer.text).toContain("Allow HR command line?");
    expect(answer.text).toContain("See your own pay.");
    expect(answer.text).not.toContain("payroll:read<");
    const denied = await browser.post(`${url}/abort`, {});
    const back = await browser.follow(denied.headers.get("location") ?? "");
    expect(back.url.searchParams.get("error")).toBe("access_denied");
    expect(await grantsOfCli()).toBe(0);
  });

  test("lets the client go on", async () => {
    const { browser, url } = await openConsent();
    const allowed = await browser.post(`${url}/confirm`, {});
    const back = await browser.follow(allowed.headers.get("location") ?? "");
    expect(back.url.searchParams.get("code")).toMatch(/^[\w-]{43}$/);
    expect(await grantsOfCli()).toBe(1);
  });

  async function grantsOfCli(): Promise<number> {
    const rows = await auth.database
      .selectFrom("oidc_record")
      .select("payload")
      .where("model", "=", "Grant")
      .execute();
    return rows.filter(({ payload }) => payload.clientId === "hr-cli").length;
  }

  async function openConsent() {
    const login = await openLogin({
      client_id: "hr-cli",
      redirect_uri: "http://127.0.0.1:1234/callback",
      scope: "payroll:compensation:read:self payroll:read",
    });
    const answer = await login.browser.post(`${login.url}/login`, ada);
    const here = await login.browser.follow(
      answer.headers.get("location") ?? "",
    );
    if (!here.answer) throw new Error("no consent was asked");
    return { ...login, url: here.url.href, answer: here.answer };
  }
});

describe("too many attempts", () => {
  test("lock an account after five free ones, for the right password too, and only that account", async () => {
    const { browser, url } = await openLogin();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++)
      statuses.push((await browser.post(`${url}/login`, wrong)).status);
    const right = await browser.post(`${url}/login`, ada);
    const other = await browser.post(`${url}/login`, {
      ...ada,
      sign_in: "mia.manager@demo",
    });
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 429]);
    expect(right.status).toBe(429);
    expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(other.status).toBe(303);
  });

  test("let the right password in once the lock is over, and start anew", async () => {
    const { browser, url } = await openLogin();
    for (let attempt = 0; attempt < 7; attempt++)
      await browser.post(`${url}/login`, wrong);
    await auth.database
      .updateTable("sign_in_attempt")
      .set({ locked_until: sql<Date>`now()` })
      .execute();
    expect((await browser.post(`${url}/login`, ada)).status).toBe(303);
    expect(await attempts()).toBe(1);
  });
});

describe("signing out", () => {
  test("asks first, then ends the session, and returns to the registered URI only", async () => {
    const browser = openBrowser(auth.issuer);
    const { url } = authorizationRequest(auth.issuer);
    await signIn(browser, url, { login: ada.sign_in });
    const page = await browser.visit(
      logoutUrl("http://localhost:4000/explorer"),
    );
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
    const answer = await browser.post(
      `${auth.issuer}/connect/endsession/confirm`,
      { xsrf, logout: "yes" },
    );
    const again = await browser.follow(url);
    expect(page.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'/,
    );
    expect([answer.status, answer.headers.get("location")]).toEqual([
      303,
      "http://localhost:4000/explorer",
    ]);
    expect(again.answer?.text).toContain('name="password"');
  });

  test("refuses to return anywhere else", async () => {
    const answer = await openBrowser(auth.issuer).visit(
      logoutUrl("https://elsewhere.example/"),
    );
    expect([answer.status, answer.headers.get("location")]).toEqual([
      400,
      null,
    ]);
  });

  function logoutUrl(target: string) {
    const url = new URL("/connect/endsession", auth.issuer);
    url.searchParams.set("client_id", "explorer");
    url.searchParams.set("post_logout_redirect_uri", target);
    return url;
  }
});

async function openLogin(params: Readonly<Record<string, string>> = {}) {
  const browser = openBrowser(auth.issuer);
  const request = authorizationRequest(auth.issuer, params);
  const { url, answer } = await browser.follow(request.url);
  if (!answer) throw new Error("no page was shown");
  return { browser, url: url.href, answer };
}

function withoutName({ status, text }: Answer) {
  return { status, text: text.replaceAll(/(value|data-options)="[^"]*"/g, "") };
}

async function attempts(): Promise<number> {
  const rows = await auth.database
    .selectFrom("sign_in_attempt")
    .select("key")
    .execute();
  return rows.length;
}
