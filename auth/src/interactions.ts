import type { IncomingMessage, ServerResponse } from "node:http";
import { scopeDescriptions } from "@hr/access";
import type { Logger, Route } from "@hr/service";
import { type Provider, errors } from "oidc-provider";
import type { Accounts } from "./accounts.ts";
import { passwordSignIn } from "./claims.ts";
import type { Client, Clients } from "./clients.ts";
import { addressOf, isFromElsewhere, readForm } from "./forms.ts";
import { allow } from "./grants.ts";
import { consentPage } from "./pages/consent.ts";
import { type Demo, type LoginView, loginPage } from "./pages/login.ts";
import { faultPage } from "./pages/notice.ts";
import { type Page, pageHeaders, renderPage } from "./pages/page.ts";
import { isBehindProxy } from "./provider.ts";
import { grantable } from "./resource.ts";

export type InteractionSettings = {
  readonly provider: Provider;
  readonly accounts: Accounts;
  readonly clients: Clients;
  readonly logger: Logger;
  /** Shown on the sign-in page; undefined outside development. */
  readonly demo: Demo | undefined;
};

type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

/** One request within an authorization request that waits for a person. */
type Visit = {
  readonly settings: InteractionSettings;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly interaction: Interaction;
  readonly client: Client;
  readonly query: URLSearchParams;
};

/**
 * The pages between an authorization request and its answer: sign-in and consent.
 * They work without scripts. A form posted from another site is refused with 403,
 * a visit without the interaction's cookie with 400.
 */
export function interactionRoutes(
  settings: InteractionSettings,
): readonly Route[] {
  return [
    {
      method: "*",
      path: "/interaction/*",
      handle: async (request, response) => {
        const page = await answer(settings, request, response);
        if (page) sendPage(response, page);
      },
    },
  ];
}

/** By method, what is waited for, and the last part of the path. */
const steps: Readonly<
  Record<string, (visit: Visit) => Promise<Page | undefined>>
> = {
  "GET login": (visit) => Promise.resolve(ask(visit)),
  "POST login login": logIn,
  "POST login abort": abort,
  "GET consent": askConsent,
  "POST consent confirm": confirm,
  "POST consent abort": abort,
};

/** @returns the page to show; undefined if the visit was answered with a redirect */
async function answer(
  settings: InteractionSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Page | undefined> {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://here");
  const [uid, ...action] = pathname.split("/").slice(2);
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (method === "POST" && isFromElsewhere(request, settings.provider.issuer))
    return foreignForm;
  const interaction = await findInteraction(settings, request, response);
  const client = settings.clients.get(String(interaction?.params["client_id"]));
  if (!interaction || interaction.uid !== uid || !client) return expired;
  const step = steps[[method, interaction.prompt.name, ...action].join(" ")];
  if (!step) return notFound;
  const query = searchParams;
  return step({ settings, request, response, interaction, client, query });
}

async function findInteraction(
  { provider }: InteractionSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Interaction | undefined> {
  try {
    return await provider.interactionDetails(request, response);
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return undefined;
    throw error;
  }
}

function ask(visit: Visit, view: Partial<LoginView> = {}): Page {
  const { settings, interaction, client, query } = visit;
  const hint = query.get("sign_in") ?? interaction.params["login_hint"];
  return loginPage({
    path: `/interaction/${interaction.uid}`,
    clientName: client.name,
    signIn: typeof hint === "string" ? hint : "",
    demo: settings.demo,
    ...view,
  });
}

async function logIn(visit: Visit): Promise<Page | undefined> {
  const { settings, request, response } = visit;
  const { accounts, provider, logger } = settings;
  const form = await readForm(request);
  if (!form) return unreadable;
  const signIn = form.get("sign_in") ?? "";
  const address = addressOf(request, isBehindProxy(provider.issuer));
  const password = form.get("password") ?? "";
  const outcome = await accounts.signIn({ signIn, password, address });
  logger.info({ outcome: outcome.kind }, "sign-in attempt");
  if (outcome.kind === "locked")
    response.setHeader("retry-after", outcome.seconds);
  if (outcome.kind !== "signed-in")
    return ask(visit, { signIn, fault: outcome });
  const login = { accountId: outcome.account.id, ...passwordSignIn };
  await finish(visit, { login });
  return undefined;
}

async function askConsent(visit: Visit): Promise<Page> {
  const { client, interaction } = visit;
  const account = await visitor(visit);
  if (!account) return expired;
  const asked = scopesAsked(interaction);
  const names = [...grantable(client, account)].filter((scope) =>
    asked.includes(scope),
  );
  return consentPage({
    path: `/interaction/${interaction.uid}`,
    clientName: client.name,
    personName: account.displayName,
    scopes: names.map((name) => ({
      name,
      description: scopeDescriptions[name],
    })),
  });
}

async function confirm(visit: Visit): Promise<Page | undefined> {
  const { settings, interaction, client } = visit;
  const { Grant } = settings.provider;
  const account = await visitor(visit);
  if (!account) return expired;
  const earlier = await Grant.find(interaction.grantId ?? "");
  const grant =
    earlier ?? new Grant({ accountId: account.id, clientId: client.id });
  for (const resource of [interaction.params["resource"]].flat())
    allow(grant, String(resource), scopesAsked(interaction));
  await finish(visit, { consent: { grantId: await grant.save() } });
  return undefined;
}

async function abort(visit: Visit): Promise<undefined> {
  await finish(visit, {
    error: "access_denied",
    error_description: "the person declined",
  });
}

async function finish(
  { settings, request, response }: Visit,
  result: Parameters<Provider["interactionFinished"]>[2],
): Promise<void> {
  await settings.provider.interactionFinished(request, response, result);
}

async function visitor({ settings, interaction }: Visit) {
  const id = interaction.session?.accountId;
  return id === undefined ? undefined : settings.accounts.find(id);
}

function scopesAsked({ params }: Interaction): readonly string[] {
  const { scope } = params;
  return typeof scope === "string" ? scope.split(" ") : [];
}

function sendPage(response: ServerResponse, page: Page): void {
  response.writeHead(page.status, pageHeaders);
  response.end(renderPage(page));
}

const foreignForm = faultPage(403, {
  title: "Form refused",
  text: "This form was sent from another site. Go back to the application and sign in from there.",
});

const expired = faultPage(400, {
  title: "Sign-in expired",
  text: "This sign-in is not open in this browser any more. Go back to the application and start again.",
});

const unreadable = faultPage(400, {
  title: "Form not understood",
  text: "The form did not arrive as it should. Go back to the application and start again.",
});

const notFound = faultPage(404, {
  title: "Nothing here",
  text: "There is no such page in this sign-in. Go back to the application and start again.",
});
