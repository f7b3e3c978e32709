import {
  AuthorizationResponseError,
  type ClientAuth,
  type Configuration,
  None,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
  allowInsecureRequests,
  discovery,
} from "openid-client";
import { CliError } from "./cli-error.ts";

/** Everybody's, to sign in from a terminal. */
const commandLine = "hr-cli";

/**
 * An issuer as a client of it sees it, found by its metadata. It is spoken to over
 * https, over http on loopback only. Without more it is seen by the command line.
 * @throws CliError when nobody answers there
 */
export async function discover(
  issuer: string,
  clientId: string = commandLine,
  authentication: ClientAuth = None(),
): Promise<Configuration> {
  const url = URL.parse(issuer);
  const isOpen = url?.protocol === "http:";
  if (!url || (isOpen ? !isLoopback(url) : url.protocol !== "https:"))
    throw new CliError(
      `${issuer} is no issuer: give an https URL, or http on loopback.`,
    );
  const execute = isOpen ? [allowInsecureRequests] : [];
  return discovery(url, clientId, undefined, authentication, { execute }).catch(
    () => {
      throw new CliError(
        `No auth service answers at ${issuer}: start it with npm start. Should it run on another port, set AUTH_PORT; elsewhere, HR_ISSUER.`,
      );
    },
  );
}

/** Only there do people with known passwords exist. */
export function isForDevelopment(issuer: string): boolean {
  const url = URL.parse(issuer);
  return url?.protocol === "http:" && isLoopback(url);
}

/** @throws CliError in the words of the issuer (RFC 6749, sections 4.1.2.1 and 5.2). */
export async function inItsWords<Answer>(
  answer: Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw (await refusalOf(error)) ?? error;
  }
}

/** The error code an issuer answered; undefined if it was another fault. */
export function errorCodeOf(error: unknown): string | undefined {
  const said =
    error instanceof ResponseBodyError ||
    error instanceof AuthorizationResponseError;
  return said ? error.error : undefined;
}

async function refusalOf(error: unknown): Promise<CliError | undefined> {
  if (error instanceof ResponseBodyError) return refusal(error.cause);
  if (error instanceof AuthorizationResponseError)
    return refusal(Object.fromEntries(error.cause));
  // A client that failed to prove itself is answered with a challenge, and a body.
  if (error instanceof WWWAuthenticateChallengeError)
    return refusal(await error.response.json().catch(() => ({})));
  if (error instanceof TypeError)
    return new CliError("The auth service does not answer any more.");
  return undefined;
}

function refusal(answer: unknown): CliError {
  const part = (name: string) => {
    const text = (answer as Readonly<Record<string, unknown>>)[name];
    return typeof text === "string" ? text : "";
  };
  const code = part("error") || "no answer that could be understood";
  const because = part("error_description") && `, ${part("error_description")}`;
  const named = part("scope") && `: ${part("scope")}`;
  return new CliError(`The auth service refuses: ${code}${because}${named}.`);
}

function isLoopback({ hostname }: URL): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}
