import { createHash, randomBytes } from "node:crypto";
import { type TestDatabase, createTestDatabase } from "@hr/database/testing";
import { createLogger } from "@hr/service";
import type { Kysely } from "kysely";
import { type AuthConfig, readAuthConfig, secretNames } from "./config.ts";
import { migrations } from "./migrations.ts";
import { type AuthParts, serveAuth } from "./serve-auth.ts";
import type { AuthTables } from "./tables.ts";

export type TestAuth = {
  readonly issuer: string;
  /** Where it listens; outside production the same as the issuer. */
  readonly address: string;
  readonly config: AuthConfig;
  readonly database: Kysely<AuthTables>;
  /** Everything logged so far. */
  readonly log: readonly string[];
  readonly close: () => Promise<void>;
};

export const callback = "http://localhost:4000/explorer/callback";

/** A server on a free port with a database of its own. */
export async function startTestAuth(
  parts: Pick<AuthParts, "adapter"> = {},
  env: NodeJS.ProcessEnv = {},
): Promise<TestAuth> {
  const database = await openTestDatabase();
  const log: string[] = [];
  const logger = createLogger("auth", { write: (line) => log.push(line) });
  const config = testConfig(env);
  const running = await serveAuth(config, { database, logger, ...parts });
  const address = `http://localhost:${new URL(running.url).port}`;
  return {
    issuer: config.issuer ?? address,
    address,
    config,
    database: database.query,
    log,
    close: async () => {
      await running.close();
      await database.drop();
    },
  };
}

function testConfig(env: NodeJS.ProcessEnv): AuthConfig {
  const secrets = secretNames.map(
    (name) => [name, randomBytes(32).toString("base64url")] as const,
  );
  return readAuthConfig({ PORT: "0", ...Object.fromEntries(secrets), ...env });
}

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
};

export type Browser = {
  readonly jar: ReadonlyMap<string, string>;
  /** One request; cookies are kept, redirects are not followed. */
  readonly visit: (url: string | URL, init?: RequestInit) => Promise<Answer>;
  readonly post: (
    url: string,
    form: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
  /** Follows redirects up to a page, or up to the client's redirect URI. */
  readonly follow: (
    url: string | URL,
  ) => Promise<{ url: URL; answer: Answer | null }>;
};

/** Keeps cookies by path, as browsers do. */
export function openBrowser(issuer: string, languages = "en"): Browser {
  const jar = new Map<string, string>();
  const visit: Browser["visit"] = async (url, init = {}) => {
    const { pathname } = new URL(url);
    const headers = new Headers(init.headers);
    headers.set("accept-language", languages);
    if (!headers.has("cookie"))
      headers.set("cookie", cookiesFor(jar, pathname));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    const { status } = response;
    return { status, headers: response.headers, text: await response.text() };
  };
  const follow: Browser["follow"] = async (start) => {
    let url = new URL(start);
    for (let hops = 0; hops < 10; hops++) {
      if (url.origin !== new URL(issuer).origin) return { url, answer: null };
      const answer = await visit(url);
      const location = answer.headers.get("location");
      if (location === null) return { url, answer };
      url = new URL(location, url);
    }
    throw new Error("redirected ten times");
  };
  const post: Browser["post"] = (url, form) =>
    visit(url, { method: "POST", body: new URLSearchParams(form) });
  return { jar, visit, follow, post };
}

function cookiesFor(jar: ReadonlyMap<string, string>, path: string): string {
  return [...jar]
    .filter(([place]) => path.startsWith(place.split(" ")[1] ?? "/"))
    .map(([place, value]) => `${place.split(" ")[0]}=${value}`)
    .join("; ");
}

function keep(jar: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  const path = /path=([^;]+)/i.exec(line)?.[1] ?? "/";
  if (value === "") jar.delete(`${name} ${path}`);
  else jar.set(`${name} ${path}`, value);
}

/** Walks sign-in, and consent where it is asked, up to the client's redirect URI. */
export async function signIn(
  browser: Browser,
  start: string | URL,
  person: { readonly login: string; readonly password?: string },
): Promise<URL> {
  let here = await browser.follow(start);
  if (here.answer?.text.includes('name="password"')) {
    const { login, password = "demo" } = person;
    const form = { sign_in: login, password };
    const answer = await browser.post(`${here.url.href}/login`, form);
    const location = answer.headers.get("location");
    if (location === null) throw new Error(`sign-in answered ${answer.status}`);
    here = await browser.follow(location);
  }
  if (here.answer === null) return here.url;
  const answer = await browser.post(`${here.url.href}/confirm`, {});
  return (await browser.follow(answer.headers.get("location") ?? "")).url;
}

export type Request = {
  readonly verifier: string;
  readonly url: URL;
};

/** A well-formed authorization request of the explorer, except for what is given. */
export function authorizationRequest(
  issuer: string,
  params: Readonly<Record<string, string | undefined>> = {},
): Request {
  const verifier = randomBytes(32).toString("base64url");
  const url = new URL("/connect/authorize", issuer);
  const all = {
    client_id: "explorer",
    response_type: "code",
    redirect_uri: callback,
    scope: "openid employee:read",
    state: "state-of-the-client",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...params,
  };
  for (const [name, value] of Object.entries(all))
    if (value !== undefined) url.searchParams.set(name, value);
  return { verifier, url };
}

export type TokenAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, string>>;
};

export async function askToken(
  issuer: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const response = await fetch(`${issuer}/connect/token`, {
    method: "POST",
    headers,
    body: new URLSearchParams(form),
  });
  const body = (await response.json()) as Record<string, string>;
  return { status: response.status, headers: response.headers, body };
}

/** The form that redeems the code in a redirect to the explorer. */
export function exchangeOf(
  redirect: URL,
  verifier: string,
): Readonly<Record<string, string>> {
  return {
    grant_type: "authorization_code",
    client_id: "explorer",
    redirect_uri: callback,
    code: redirect.searchParams.get("code") ?? "",
    code_verifier: verifier,
  };
}

/** A person's tokens, by the whole code flow of the explorer. */
export async function tokensOf(
  issuer: string,
  login: string,
  params: Readonly<Record<string, string | undefined>> = {},
): Promise<TokenAnswer> {
  const { url, verifier } = authorizationRequest(issuer, params);
  const redirect = await signIn(openBrowser(issuer), url, { login });
  return askToken(issuer, exchangeOf(redirect, verifier));
}

/** What the command line starts the device flow with. */
export async function askDeviceCode(issuer: string) {
  const { body } = await postForm(`${issuer}/connect/deviceauthorization`, {
    client_id: "hr-cli",
    scope: "employee:read leave:read:self",
  });
  const { device_code: deviceCode, user_code: userCode } = body as {
    readonly device_code: string;
    readonly user_code: string;
  };
  return { deviceCode, userCode };
}

export function exchangeDeviceCode(
  issuer: string,
  deviceCode: string,
  client = "hr-cli",
): Promise<TokenAnswer> {
  return askToken(issuer, {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    client_id: client,
    device_code: deviceCode,
  });
}

/** Types the code; the answer asks whether the device is one's own, or says what is wrong. */
export async function enterDeviceCode(
  browser: Browser,
  issuer: string,
  code: string,
): Promise<Answer> {
  const page = await browser.visit(`${issuer}/device`);
  return browser.post(`${issuer}/device`, {
    ...hiddenFields(page.text),
    user_code: code,
  });
}

/** Code, confirmation, sign-in, consent. */
export async function letDeviceIn(
  browser: Browser,
  issuer: string,
  { code, login }: { readonly code: string; readonly login: string },
): Promise<Answer> {
  const confirm = await enterDeviceCode(browser, issuer, code);
  const next = async ({ headers }: Answer) =>
    browser.follow(new URL(headers.get("location") ?? "", issuer));
  const fields = { ...hiddenFields(confirm.text), confirm: "yes" };
  const asked = await next(await browser.post(`${issuer}/device`, fields));
  const form = { sign_in: login, password: "demo" };
  const known = await next(await browser.post(`${asked.url.href}/login`, form));
  const { answer } = await next(
    await browser.post(`${known.url.href}/confirm`, {}),
  );
  if (!answer) throw new Error("the device flow left the issuer");
  return answer;
}

export function hiddenFields(page: string): Readonly<Record<string, string>> {
  const fields = page.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return Object.fromEntries(
    [...fields].map(([, name = "", value = ""]) => [name, value]),
  );
}

/** A form posted to another endpoint than that for tokens. */
export async function postForm(
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(url, {
    method: "POST",
    headers,
    body: new URLSearchParams(form),
  });
  const text = await response.text();
  const body: unknown = text.startsWith("{") ? JSON.parse(text) : text;
  return { status: response.status, body };
}

export function basic(id: string, secret: string) {
  const pair = Buffer.from(`${id}:${secret}`).toString("base64");
  return { authorization: `Basic ${pair}` };
}

export function openTestDatabase(): Promise<TestDatabase<AuthTables>> {
  return createTestDatabase<AuthTables>({ migrations });
}
