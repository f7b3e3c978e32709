import type { Account } from "./accounts.ts";
import { passkeySignIn } from "./claims.ts";
import { readForm } from "./forms.ts";
import { noticePage } from "./pages/notice.ts";
import type { Page } from "./pages/page.ts";
import {
  firstPasskeyPage,
  passkeysPage,
  tooManyPage,
  usePasskeyPage,
} from "./pages/passkey.ts";
import { passkeyReasons } from "./passkeys-prompt.ts";
import type { KnownPasskey } from "./passkeys.ts";
import {
  type Steps,
  type Visit,
  addressOfVisit,
  finish,
  finishSignIn,
  noteAttempt,
  pathOf,
  visitor,
} from "./visit.ts";

/** What a person does about passkeys once signed in, by the prompt `passkey`. */
export const passkeySteps: Steps = {
  "GET passkey": (visit) => ask(visit),
  "POST passkey use": use,
  "POST passkey add": add,
  "POST passkey remove": remove,
  "POST passkey continue": goOn,
  "POST passkey abort": decline,
};

/**
 * `use`: the sign-in so far was weaker than a passkey, and there is one. `first`: there
 * is none, and the password was just entered. `kept`: a passkey was just used.
 */
type Due = {
  readonly kind: "use" | "first" | "kept";
  readonly account: Account;
  readonly passkeys: readonly KnownPasskey[];
};

async function dueOf(visit: Visit): Promise<Due | undefined> {
  const account = await visitor(visit);
  if (!account) return undefined;
  const passkeys = await visit.settings.passkeys.of(account.id);
  const strong = visit.interaction.session?.acr === passkeySignIn.acr;
  const kind = passkeys.length === 0 ? "first" : strong ? "kept" : "use";
  return { kind, account, passkeys };
}

async function ask(visit: Visit, refused = false): Promise<Page> {
  const { settings, words, interaction } = visit;
  const due = await dueOf(visit);
  if (!due) return noticePage(words, "expired");
  const { account, passkeys } = due;
  const options =
    due.kind === "use"
      ? await settings.passkeys.askForUse(interaction.uid, account.id)
      : await settings.passkeys.askForNew(interaction.uid, account);
  const path = pathOf(visit);
  const view = { path, personName: account.displayName, options, refused };
  if (due.kind === "use") return usePasskeyPage(words, view);
  if (due.kind === "first") return firstPasskeyPage(words, view);
  return passkeysPage(words, { ...view, passkeys });
}

async function use(visit: Visit): Promise<Page | undefined> {
  const { settings, words, interaction } = visit;
  const due = await dueOf(visit);
  const form = await readForm(visit.request);
  if (!form) return noticePage(words, "unreadable");
  if (due?.kind !== "use") return ask(visit);
  const credential = form.get("credential") ?? "";
  const outcome = await settings.passkeys.use(
    { interaction: interaction.uid, credential },
    { address: addressOfVisit(visit), accountId: due.account.id },
  );
  noteAttempt(visit, outcome, "passkey");
  if (outcome.kind === "locked") return tooManyPage(words, outcome.seconds);
  if (outcome.kind === "refused") return ask(visit, true);
  await finishSignIn(visit, outcome.account, passkeySignIn);
  return undefined;
}

/** A passkey just made proves itself by being used next. */
async function add(visit: Visit): Promise<Page | undefined> {
  const { settings, words, interaction } = visit;
  const due = await dueOf(visit);
  const form = await readForm(visit.request);
  if (!form) return noticePage(words, "unreadable");
  if (!due || due.kind === "use") return ask(visit);
  const credential = form.get("credential") ?? "";
  const added = await settings.passkeys.add(
    { interaction: interaction.uid, credential },
    due.account,
    { first: due.kind === "first" },
  );
  settings.logger.info({ sub: due.account.id, added }, "passkey offered");
  return added ? back(visit) : ask(visit, true);
}

async function remove(visit: Visit): Promise<Page | undefined> {
  const { settings, words } = visit;
  const due = await dueOf(visit);
  const form = await readForm(visit.request);
  if (!form) return noticePage(words, "unreadable");
  if (due?.kind !== "kept") return ask(visit);
  const id = form.get("passkey") ?? "";
  await settings.passkeys.remove(id, due.account.id);
  settings.logger.info({ sub: due.account.id }, "passkey removed");
  return back(visit);
}

/** Whoever goes on without a passkey that is due is asked for it again. */
async function goOn(visit: Visit): Promise<undefined> {
  await finish(visit, { passkey: {} });
}

async function decline(visit: Visit): Promise<undefined> {
  const forClient = visit.interaction.prompt.reasons.includes(
    passkeyReasons.client,
  );
  await finish(visit, {
    error: forClient ? "unmet_authentication_requirements" : "access_denied",
    error_description: "the person used no passkey",
  });
}

/** Shows what is due now, so that reloading posts nothing again. */
function back(visit: Visit): undefined {
  visit.response.writeHead(303, { location: pathOf(visit) }).end();
}
