import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@hr/service";
import type { Provider } from "oidc-provider";
import type { Account, Accounts, SignInOutcome } from "./accounts.ts";
import type { Registered } from "./clients.ts";
import { addressOf } from "./forms.ts";
import type { Demo } from "./pages/login.ts";
import type { Page } from "./pages/page.ts";
import type { Words } from "./pages/words.en.ts";
import type { Passkeys } from "./passkeys.ts";
import { isBehindProxy } from "./provider.ts";

export type InteractionSettings = {
  readonly provider: Provider;
  readonly accounts: Accounts;
  readonly passkeys: Passkeys;
  readonly logger: Logger;
  /** Shown on the sign-in page; undefined outside development. */
  readonly demo: Demo | undefined;
};

export type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

/** One request within an authorization request that waits for a person. */
export type Visit = {
  readonly settings: InteractionSettings;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly interaction: Interaction;
  readonly client: Registered;
  readonly query: URLSearchParams;
  readonly words: Words;
};

/**
 * What there is to do, by method, what is waited for, and the last part of the path.
 * Each returns the page to show, or undefined if it answered with a redirect.
 */
export type Steps = Readonly<
  Record<string, (visit: Visit) => Promise<Page | undefined>>
>;

/** Where the pages of the interaction are, and below it where their forms go. */
export function pathOf({ interaction }: Visit): string {
  return `/interaction/${interaction.uid}`;
}

/** Hands the outcome to the provider, and sends the browser there. */
export async function finish(
  { settings, request, response }: Visit,
  result: Parameters<Provider["interactionFinished"]>[2],
): Promise<void> {
  await settings.provider.interactionFinished(request, response, result);
}

/** @param by how the person proved to be who it is, just now */
export async function finishSignIn(
  visit: Visit,
  { id: accountId }: Account,
  by: { readonly acr: string; readonly amr: string[] },
): Promise<void> {
  const { accounts } = visit.settings;
  // Who was signed out everywhere within this second would be again.
  if (!(await accounts.find(accountId, secondsNow()))) await sleep(1_000);
  await finish(visit, { login: { accountId, ts: secondsNow(), ...by } });
}

/** Sign-ins are known by the second. */
function secondsNow(): number {
  return Math.floor(Date.now() / 1_000);
}

/** Who signed in so far; undefined if nobody did, or the account is disabled. */
export async function visitor({
  settings,
  interaction,
}: Visit): Promise<Account | undefined> {
  const id = interaction.session?.accountId;
  return id === undefined
    ? undefined
    : settings.accounts.find(id, interaction.iat);
}

export function addressOfVisit({ settings, request }: Visit): string {
  return addressOf(request, isBehindProxy(settings.provider.issuer));
}

/** Logs an attempt; a lock also says how long it lasts. */
export function noteAttempt(
  { settings, response }: Visit,
  outcome: SignInOutcome,
  by: "password" | "passkey",
): void {
  settings.logger.info({ outcome: outcome.kind, by }, "sign-in attempt");
  if (outcome.kind === "locked")
    response.setHeader("retry-after", outcome.seconds);
}
