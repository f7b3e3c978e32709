import { CliError } from "./cli-error.ts";

/** What the flows need of an issuer's metadata (RFC 8414). */
export type Issuer = {
  readonly authorize: string;
  readonly token: string;
};

/** @throws CliError when nobody answers there. */
export async function discover(issuer: string): Promise<Issuer> {
  const url = `${issuer}/.well-known/openid-configuration`;
  const response = await fetch(url).catch(() => undefined);
  const metadata: unknown = await response?.json().catch(() => undefined);
  const authorize = textIn(metadata, "authorization_endpoint");
  const token = textIn(metadata, "token_endpoint");
  if (authorize === "" || token === "")
    throw new CliError(
      `No auth service answers at ${issuer}: start it with npm start. Should it run on another port, set AUTH_PORT.`,
    );
  return { authorize, token };
}

/**
 * @returns the access token
 * @throws CliError in the words of the issuer (RFC 6749, section 5.2).
 */
export async function askToken(
  issuer: Issuer,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const response = await fetch(issuer.token, {
    method: "POST",
    headers,
    body: new URLSearchParams(form),
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal((name) => textIn(body, name));
  return textIn(body, "access_token");
}

/** An OAuth error, wherever its parts came from. */
export function refusal(part: (name: string) => string): CliError {
  const error = part("error") || "no answer that could be understood";
  const description = part("error_description");
  const scope = part("scope");
  return new CliError(
    `The auth service refuses: ${error}${description && `, ${description}`}${scope && `: ${scope}`}.`,
  );
}

function textIn(value: unknown, name: string): string {
  if (typeof value !== "object" || value === null) return "";
  const text = (value as Readonly<Record<string, unknown>>)[name];
  return typeof text === "string" ? text : "";
}
