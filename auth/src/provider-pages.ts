import type {
  Configuration,
  KoaContextWithOIDC,
  Provider,
} from "oidc-provider";
import {
  deviceConfirmPage,
  deviceDonePage,
  deviceInputPage,
} from "./pages/device.ts";
import { wordsFor } from "./pages/language.ts";
import { logoutPage, signedOutPage } from "./pages/logout.ts";
import { errorPage } from "./pages/notice.ts";
import { type Page, guards, headersOf, renderPage } from "./pages/page.ts";
import type { Words } from "./pages/words.en.ts";

type Features = NonNullable<Configuration["features"]>;
type Context = Parameters<Parameters<Provider["use"]>[0]>[0];

/** For the feature `rpInitiatedLogout`. */
export const logoutPages = {
  logoutSource: (ctx, form) => showPage(ctx, logoutPage(wordsOf(ctx), form)),
  postLogoutSuccessSource: (ctx) => showPage(ctx, signedOutPage(wordsOf(ctx))),
} satisfies Features["rpInitiatedLogout"];

/** For the feature `deviceFlow`. A code in the link is filled in, and sent by the person. */
export const devicePages = {
  userCodeInputSource(ctx, form, _out, error) {
    const { userCode } = (error ?? {}) as { readonly userCode?: string };
    const linked = ctx.URL.searchParams.get("user_code");
    const code = (error ? userCode : linked) ?? "";
    showPage(ctx, deviceInputPage(wordsOf(ctx), form, { code, error }));
  },
  userCodeConfirmSource(ctx, form, client, _device, userCode) {
    const { scope } = ctx.oidc.entities.DeviceCode?.params ?? {};
    const scopes = typeof scope === "string" ? scope.split(" ") : [];
    const clientName = client.clientName ?? client.clientId;
    const view = { clientName, userCode, scopes };
    showPage(ctx, deviceConfirmPage(wordsOf(ctx), form, view));
  },
  successSource(ctx) {
    const { clientName, clientId = "" } = ctx.oidc.client ?? {};
    showPage(ctx, deviceDonePage(wordsOf(ctx), clientName ?? clientId));
  },
} satisfies Features["deviceFlow"];

/** For `renderError`: an error that cannot be told to the client. */
export const showError: Configuration["renderError"] = (ctx, out) =>
  showPage(ctx, errorPage(wordsOf(ctx), ctx.status, out.error));

/**
 * Comes before the provider. A page that it writes itself, to post a form at once,
 * gets the guards of ours, and may run its own script and no other.
 */
export function guardAnswer(ctx: Context): void {
  ctx.set(guards("script-src"));
}

/**
 * Comes before the provider at the device page, which asks for the code with one in
 * the link too; the provider would answer with a page of its own that sends it on.
 */
export function takeLinkedCode(ctx: Context): void {
  ctx.querystring = "";
}

export function showPage(ctx: Context, page: Page): void {
  ctx.status = page.status;
  ctx.set(headersOf(page));
  ctx.body = renderPage(page);
}

/** Before the provider has read the request there is no `oidc`. */
export function wordsOf(ctx: Context): Words {
  const { oidc } = ctx as Partial<KoaContextWithOIDC>;
  return wordsFor(ctx.req, oidc?.params?.["ui_locales"]);
}
