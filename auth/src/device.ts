import type { Kysely } from "kysely";
import type { Configuration, Provider } from "oidc-provider";
import { deviceLockedPage } from "./pages/device.ts";
import {
  devicePages,
  showPage,
  takeLinkedCode,
  wordsOf,
} from "./provider-pages.ts";
import {
  addressCounter,
  charge,
  refund,
} from "./sign-in-attempts.repository.ts";
import type { AuthTables } from "./tables.ts";

type Features = NonNullable<Configuration["features"]>;

/** Where a person enters the code that a device shows. */
export const devicePath = "/device";

/** Codes that do not exist, from one address within an hour. */
const freeGuesses = 10;

/** What a visit to the device page has brought to light. */
type Visit = { wrongCode?: true };

/** The pages on which a person lets a device in (RFC 8628). */
export const deviceFlow = {
  ...devicePages,
  enabled: true,
  deviceInfo: () => ({}),
  userCodeInputSource(ctx, form, out, error) {
    if (error?.name === "NotFoundError") (ctx.state as Visit).wrongCode = true;
    devicePages.userCodeInputSource(ctx, form, out, error);
  },
} satisfies Features["deviceFlow"];

/**
 * Stands before the device page: guesses of codes that do not exist are counted by
 * address as those of passwords are. Each is counted before it is made.
 */
export function guardDevicePage(
  database: Kysely<AuthTables>,
): Parameters<Provider["use"]>[0] {
  return async (ctx, next) => {
    if (ctx.path !== devicePath) return void (await next());
    takeLinkedCode(ctx);
    if (ctx.method !== "POST") return void (await next());
    const counter = addressCounter("device", ctx.ip, freeGuesses);
    const seconds = await charge(database, counter);
    if (seconds > 0) {
      ctx.set("retry-after", String(seconds));
      return showPage(ctx, deviceLockedPage(wordsOf(ctx), seconds));
    }
    await next();
    if (!(ctx.state as Visit).wrongCode) await refund(database, counter.key);
  };
}
