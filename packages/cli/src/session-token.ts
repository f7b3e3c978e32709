import { type Configuration, refreshTokenGrant } from "openid-client";
import { CliError } from "./cli-error.ts";
import { discover, errorCodeOf, inItsWords } from "./issuer.ts";
import type { Session, SessionStore } from "./session.ts";
import { isFresh } from "./token-cache.ts";

/**
 * An access token of whoever is signed in: the one kept, else by a refresh token,
 * whose successor is kept before anybody sees the answer.
 * @throws CliError if nobody is signed in, or not any more
 */
export async function sessionToken(
  store: SessionStore,
  issuer: string,
  scope = "",
): Promise<string> {
  const kept = usableToken(await demandSession(store, issuer), scope);
  if (kept !== undefined) return kept;
  const client = await discover(issuer);
  return store.alone(async () => {
    // Another process may have been faster.
    const session = await demandSession(store, issuer);
    const made = usableToken(session, scope);
    if (made !== undefined) return made;
    const refreshed = refresh(client, session, scope);
    const next = await inItsWords(
      refreshed.catch(async (error: unknown) => {
        if (errorCodeOf(error) !== "invalid_grant") throw error;
        await store.drop();
        throw new CliError(
          `The sign-in at ${issuer} is over: run npx hr login.`,
        );
      }),
    );
    await store.keep(next);
    return next.accessTokens[scope] ?? "";
  });
}

async function demandSession(
  store: SessionStore,
  issuer: string,
): Promise<Session> {
  const session = await store.read();
  if (session) return session;
  throw new CliError(`Nobody is signed in at ${issuer}: run npx hr login.`);
}

function usableToken(session: Session, scope: string): string | undefined {
  const token = session.accessTokens[scope];
  return token !== undefined && isFresh(token) ? token : undefined;
}

async function refresh(
  client: Configuration,
  { refreshToken, accessTokens }: Session,
  scope: string,
): Promise<Session> {
  const answer = await refreshTokenGrant(
    client,
    refreshToken,
    scope === "" ? {} : { scope },
  );
  const fresh = Object.entries(accessTokens).filter(([, one]) => isFresh(one));
  return {
    refreshToken: answer.refresh_token ?? refreshToken,
    accessTokens: {
      ...Object.fromEntries(fresh),
      [scope]: answer.access_token,
    },
  };
}
