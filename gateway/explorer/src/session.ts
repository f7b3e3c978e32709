import {
  ErrorResponse,
  InMemoryWebStorage,
  type User,
  UserManager,
  WebStorageStateStore,
} from "oidc-client-ts";
import type { ExplorerConfig } from "./config.ts";
import type { TokenSource } from "./fetcher.ts";
import { type Identity, identityOf } from "./identity.ts";

/** `ended`: was signed in, and the issuer renews no more. */
export type SessionState = (
  | { readonly kind: "signed-out" }
  | { readonly kind: "signed-in" | "ended"; readonly identity: Identity }
) & { readonly problem?: string };

/** One person at one page. Tokens are in memory alone: a reload forgets them. */
export type Session = TokenSource & {
  readonly state: () => SessionState;
  /** @returns how to stop listening */
  readonly subscribe: (listener: () => void) => () => void;
  /** Leaves the page. With a login, the issuer asks anew, whoever is signed in there. */
  readonly signIn: (login?: string) => Promise<void>;
  /** Leaves the page: the session at the issuer ends too. */
  readonly signOut: () => Promise<void>;
};

/** Is this page the way back from the issuer? */
export function isCallback(): boolean {
  return location.pathname === new URL(callbackUri()).pathname;
}

/**
 * OpenID Connect code flow with PKCE (RFC 7636) and renewal by refresh token, a
 * minute before the access token ends. Finishes a sign-in if the page is its
 * redirect URI. Failures are part of the state.
 */
export async function openSession(config: ExplorerConfig): Promise<Session> {
  const users = userManager(config);
  let state = await firstState(users);
  let user = await users.getUser();
  let renewal: Promise<string | undefined> | undefined;
  const listeners = new Set<() => void>();

  const become = (next: SessionState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const leave = async (departure: Promise<void>) => {
    try {
      await departure;
    } catch (error) {
      become({ ...state, problem: explain(error, config.issuer) });
    }
  };
  const refresh = async () => {
    try {
      user = await users.signinSilent();
      become(stateOf(user));
    } catch (error) {
      // Any other failure may pass: the token at hand stays, and the next 401 asks again.
      if (!(error instanceof ErrorResponse)) return undefined;
      user = null;
      if (state.kind === "signed-in") become({ ...state, kind: "ended" });
    }
    return user?.access_token;
  };
  const renew = () =>
    (renewal ??= refresh().finally(() => {
      renewal = undefined;
    }));

  users.events.addAccessTokenExpiring(() => void renew());
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    token: () => user?.access_token,
    renew,
    signIn: (login) =>
      leave(
        users.signinRedirect(
          login === undefined ? {} : { login_hint: login, prompt: "login" },
        ),
      ),
    signOut: () => leave(users.signoutRedirect()),
  };
}

function userManager({ issuer, clientId }: ExplorerConfig): UserManager {
  return new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: callbackUri(),
    post_logout_redirect_uri: `${location.origin}/explorer`,
    // No API scope named: everything that client and role allow.
    scope: "openid profile",
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    // The PKCE verifier alone, until the redirect comes back.
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: false,
  });
}

function callbackUri(): string {
  return `${location.origin}${import.meta.env.BASE_URL}callback`;
}

async function firstState(users: UserManager): Promise<SessionState> {
  await users.clearStaleState();
  if (!isCallback()) return { kind: "signed-out" };
  const address = location.href;
  history.replaceState(null, "", import.meta.env.BASE_URL);
  try {
    return stateOf(await users.signinRedirectCallback(address));
  } catch (error) {
    return {
      kind: "signed-out",
      problem: explain(error, users.settings.authority),
    };
  }
}

function stateOf(user: User | null): SessionState {
  if (user === null) return { kind: "signed-out" };
  const { name, preferred_username } = user.profile;
  return {
    kind: "signed-in",
    identity: identityOf(user.access_token, name ?? preferred_username),
  };
}

function explain(error: unknown, issuer: string): string {
  if (!(error instanceof ErrorResponse)) {
    const reason = error instanceof Error ? error.message : "unknown fault";
    return `The sign-in could not be completed: ${reason}. Is the sign-in service at ${issuer} running?`;
  }
  if (error.error === "access_denied")
    return "The sign-in was cancelled, or this person may do nothing here.";
  return `The sign-in service refused: ${error.error_description ?? error.error ?? "no reason given"}.`;
}
