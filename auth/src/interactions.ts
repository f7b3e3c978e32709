import type { IncomingMessage, ServerResponse } from "node:http";
import type { Route } from "@hr/service";
import { errors } from "oidc-provider";
import { passkeySignIn, passwordSignIn } from "./claims.ts";
import { registeredAs } from "./clients.ts";
import { isFromElsewhere, readForm } from "./forms.ts";
import { allow } from "./grants.ts";
import { consentPage } from "./pages/consent.ts";
import { wordsFor } from "./pages/language.ts";
import { type LoginView, loginPage } from "./pages/login.ts";
import { noticePage } from "./pages/notice.ts";
import { type Page, headersOf, renderPage } from "./pages/page.ts";
import { passkeySteps } from "./passkeys-steps.ts";
import { grantable } from "./resource.ts";
import {
  type Interaction,
  type InteractionSettings,
  type Steps,
  type Visit,
  addressOfVisit,
  finish,
  finishSignIn,
  noteAttempt,
  pathOf,
  visitor,
} from "./visit.ts";

/**
 * The pages between an authorization request and its answer: sign-in and consent.
 * They work without scripts, but for passkeys. A form posted from another site is refused with 403,
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

const steps: Steps = {
  "GET login": ask,
  "POST login login": logIn,
  "POST login passkey": usePasskey,
  "POST login abort": abort,
  "GET consent": askConsent,
  "POST consent confirm": confirm,
  "POST consent abort": abort,
  ...passkeySteps,
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
    return noticePage(wordsFor(request), "foreignForm");
  const interaction = await findInteraction(settings, request, response);
  const words = wordsFor(request, interaction?.params["ui_locales"]);
  if (interaction?.uid !== uid) return noticePage(words, "expired");
  const found = await settings.provider.Client.find(
    String(interaction?.params["client_id"]),
  );
  if (!interaction || !found) return noticePage(words, "expired");
  const client = registeredAs(found);
  const step = steps[[method, interaction.prompt.name, ...action].join(" ")];
  if (!step) return noticePage(words, "notFound");
  const query = searchParams;
  const about = { interaction, client, query, words };
  return step({ settings, request, response, ...about });
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

async function ask(visit: Visit, view: Partial<LoginView> = {}): Promise<Page> {
  const { settings, interaction, client, query } = visit;
  const hint = query.get("sign_in") ?? interaction.params["login_hint"];
  return loginPage(visit.words, {
    path: pathOf(visit),
    clientName: client.name,
    signIn: typeof hint === "string" ? hint : "",
    passkey: await settings.passkeys.askForUse(interaction.uid),
    demo: settings.demo,
    ...view,
  });
}

async function logIn(visit: Visit): Promise<Page | undefined> {
  const form = await readForm(visit.request);
  if (!form) return noticePage(visit.words, "unreadable");
  const signIn = form.get("sign_in") ?? "";
  const password = form.get("password") ?? "";
  const address = addressOfVisit(visit);
  const { accounts } = visit.settings;
  const outcome = await accounts.signIn({ signIn, password, address });
  noteAttempt(visit, outcome, "password");
  if (outcome.kind !== "signed-in")
    return ask(visit, { signIn, fault: outcome });
  await finishSignIn(visit, outcome.account, passwordSignIn);
  return undefined;
}

async function usePasskey(visit: Visit): Promise<Page | undefined> {
  const form = await readForm(visit.request);
  if (!form) return noticePage(visit.words, "unreadable");
  const credential = form.get("credential") ?? "";
  const { settings, interaction } = visit;
  const outcome = await settings.passkeys.use(
    { interaction: interaction.uid, credential },
    { address: addressOfVisit(visit) },
  );
  noteAttempt(visit, outcome, "passkey");
  if (outcome.kind === "refused")
    return ask(visit, { fault: { kind: "passkey-refused" } });
  if (outcome.kind === "locked") return ask(visit, { fault: outcome });
  await finishSignIn(visit, outcome.account, passkeySignIn);
  return undefined;
}

async function askConsent(visit: Visit): Promise<Page> {
  const { client, interaction } = visit;
  const account = await visitor(visit);
  if (!account) return noticePage(visit.words, "expired");
  const asked = scopesAsked(interaction);
  return consentPage(visit.words, {
    path: pathOf(visit),
    clientName: client.name,
    personName: account.displayName,
    scopes: [...grantable(client, account)].filter((scope) =>
      asked.includes(scope),
    ),
  });
}

async function confirm(visit: Visit): Promise<Page | undefined> {
  const { settings, interaction, client } = visit;
  const { Grant } = settings.provider;
  const account = await visitor(visit);
  if (!account) return noticePage(visit.words, "expired");
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

function scopesAsked({ params }: Interaction): readonly string[] {
  const { scope } = params;
  return typeof scope === "string" ? scope.split(" ") : [];
}

function sendPage(response: ServerResponse, page: Page): void {
  response.writeHead(page.status, headersOf(page));
  response.end(renderPage(page));
}
