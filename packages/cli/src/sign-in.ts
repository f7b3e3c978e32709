import { demoPassword } from "@hr/demo";
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { CliError } from "./cli-error.ts";
import { discover, inItsWords } from "./issuer.ts";

/** Nobody listens there: the code is read from the redirect (RFC 8252, section 7.3). */
const redirectUri = "http://127.0.0.1/callback";

const mostSteps = 12;

/**
 * A persona's access token, by the ordinary authorization code flow with PKCE
 * (RFC 7636), through the pages a browser would show: sign-in and consent.
 * Without `scope`, all that client and role allow.
 * @throws CliError if the auth service does not answer or refuses
 */
export async function signIn(
  issuer: string,
  login: string,
  scope?: string,
): Promise<string> {
  const client = await discover(issuer);
  const pkceCodeVerifier = randomPKCECodeVerifier();
  const expectedState = randomState();
  const start = buildAuthorizationUrl(client, {
    redirect_uri: redirectUri,
    state: expectedState,
    code_challenge: await calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    ...(scope === undefined ? {} : { scope }),
  });
  const redirect = await walk(start, login);
  const checks = { pkceCodeVerifier, expectedState };
  const granted = authorizationCodeGrant(client, redirect, checks);
  return (await inItsWords(granted)).access_token;
}

/** Follows redirects and submits forms as far as our redirect URI. */
async function walk(start: URL, login: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = start;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < mostSteps; step++) {
    const response = await fetch(url, {
      ...(form ? { method: "POST", body: form } : {}),
      headers: { cookie: [...cookies.values()].join("; ") },
      redirect: "manual",
    });
    keepCookies(cookies, response.headers.getSetCookie());
    const location = response.headers.get("location");
    const page = await response.text();
    if (location !== null) {
      url = new URL(location, url);
      if (url.href.startsWith(redirectUri)) return url;
      form = undefined;
      continue;
    }
    const next = response.ok ? readForm(page, login) : undefined;
    if (!next) throw new CliError(faultOf(page, response.status, login));
    url = new URL(next.action, url);
    form = next.fields;
  }
  throw new CliError("The sign-in of the auth service leads nowhere.");
}

/** By name: every path of this one sign-in is one we may send all to. */
function keepCookies(
  cookies: Map<string, string>,
  lines: readonly string[],
): void {
  for (const line of lines) {
    const pair = line.split(";", 1)[0] ?? "";
    const [name = "", value] = pair.split("=");
    if (value) cookies.set(name, pair);
    else cookies.delete(name);
  }
}

type Form = { readonly action: string; readonly fields: URLSearchParams };

/** The first form of a page is the one to go on with. */
function readForm(page: string, login: string): Form | undefined {
  const [form] = /<form[\s\S]*?<\/form>/.exec(page) ?? [];
  const action = form && attributeIn(form, "action");
  if (!form || !action) return undefined;
  const fields = new URLSearchParams();
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const name = attributeIn(input, "name");
    if (name) fields.set(name, valueOf(input, login));
  }
  return { action, fields };
}

function valueOf(input: string, login: string): string {
  const type = attributeIn(input, "type");
  if (type === "password") return demoPassword;
  return type === "hidden" ? (attributeIn(input, "value") ?? "") : login;
}

function attributeIn(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`)
    .exec(tag)?.[1]
    ?.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

function faultOf(page: string, status: number, login: string): string {
  const [, alert = ""] = /role="alert"[^>]*>([\s\S]*?)<\/div>/.exec(page) ?? [];
  const text = alert.replaceAll(/<[^>]*>/g, "").trim();
  return `The auth service does not sign ${login} in (status ${status})${text && `: ${text}`}`;
}
