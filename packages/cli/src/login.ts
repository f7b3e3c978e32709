import {
  type Configuration,
  type DeviceAuthorizationResponse,
  initiateDeviceAuthorization,
  pollDeviceAuthorizationGrant,
  tokenRevocation,
} from "openid-client";
import { CliError } from "./cli-error.ts";
import { discover, errorCodeOf, inItsWords } from "./issuer.ts";
import { type Session, sessionStore } from "./session.ts";
import { type Environment, issuerAt, readPlace } from "./settings.ts";

export type LoginOptions = {
  readonly issuer?: string;
  readonly scope?: string;
  readonly data?: string;
};

/**
 * Signs a person in by a browser, here or on another device (RFC 8628), and keeps
 * what comes of it for `hr token`. An earlier sign-in at the same issuer ends.
 * @throws CliError if it is declined or takes too long
 */
export async function login(
  options: LoginOptions,
  env: Environment,
): Promise<void> {
  const place = readPlace(env, options.data);
  const issuer = issuerAt(place, options.issuer);
  const store = sessionStore(place.dataFolder, issuer);
  const earlier = await store.read();
  const client = await discover(issuer);
  await store.keep(await signInByDevice(client, options.scope));
  if (earlier) await revoke(client, earlier).catch(() => undefined);
  process.stdout.write("Signed in. npx hr token prints an access token.\n");
}

/**
 * Ends the sign-in: here, and at the issuer (RFC 7009), where all its tokens end.
 * @throws CliError if the issuer could not be told
 */
export async function logout(
  options: Omit<LoginOptions, "scope">,
  env: Environment,
): Promise<void> {
  const place = readPlace(env, options.data);
  const issuer = issuerAt(place, options.issuer);
  const store = sessionStore(place.dataFolder, issuer);
  const session = await store.alone(async () => {
    const kept = await store.read();
    await store.drop();
    return kept;
  });
  if (!session) {
    process.stdout.write(`Nobody was signed in at ${issuer}.\n`);
    return;
  }
  await inItsWords(revoke(await discover(issuer), session));
  process.stdout.write("Signed out.\n");
}

async function signInByDevice(
  client: Configuration,
  scope: string | undefined,
): Promise<Session> {
  const asked = await inItsWords(
    initiateDeviceAuthorization(client, scope === undefined ? {} : { scope }),
  );
  process.stdout.write(invitation(asked));
  const polled = pollDeviceAuthorizationGrant(client, asked);
  const answer = await inItsWords(polled.catch(saidOtherwise));
  if (answer.refresh_token === undefined)
    throw new CliError("The auth service let nobody in for longer than once.");
  return {
    refreshToken: answer.refresh_token,
    accessTokens: { "": answer.access_token },
  };
}

function invitation(asked: DeviceAuthorizationResponse): string {
  const { verification_uri: page, verification_uri_complete: whole } = asked;
  const minutes = Math.round(asked.expires_in / 60);
  return `Open ${page} and enter the code ${asked.user_code}
${whole === undefined ? "" : `or open ${whole}\n`}
Waiting for ${minutes} minutes at most …
`;
}

/** How a wait for a person ends that is nobody's fault. */
function saidOtherwise(error: unknown): never {
  const code = errorCodeOf(error);
  if (code === "access_denied")
    throw new CliError("The sign-in was declined in the browser.");
  const isLate = (error as { readonly code?: string }).code === "OAUTH_TIMEOUT";
  if (isLate || code === "expired_token")
    throw new CliError("The code has expired: run npx hr login again.");
  throw error;
}

function revoke(
  client: Configuration,
  { refreshToken }: Session,
): Promise<void> {
  const token_type_hint = "refresh_token";
  return tokenRevocation(client, refreshToken, { token_type_hint });
}
