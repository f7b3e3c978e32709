import type { Kysely } from "kysely";
import {
  type KoaContextWithOIDC,
  errors,
  interactionPolicy,
} from "oidc-provider";
import type { Accounts } from "./accounts.ts";
import { acrValues, passkeySignIn } from "./claims.ts";
import { listPasskeys } from "./passkeys.repository.ts";
import type { AuthTables } from "./tables.ts";

export type PasskeyDemand = {
  readonly accounts: Accounts;
  readonly database: Kysely<AuthTables>;
  /** Those whose people need a passkey. */
  readonly passkeyRoles: ReadonlySet<string>;
};

/** Why a person is asked for a passkey. */
export const passkeyReasons = {
  role: "role_needs_passkey",
  client: "client_needs_passkey",
};

type Oidc = KoaContextWithOIDC["oidc"];

/**
 * Adds the prompt `passkey` between sign-in and consent. It is due after a sign-in
 * weaker than the role needs or the client asks for, and a client may ask for it
 * (`prompt=passkey`), for people to look after their passkeys. What a client names in
 * `acr_values` counts as necessary (RFC 9470, section 5), as an essential `acr` does;
 * a sign-in stronger than asked for meets it.
 *
 * Passkeys are added and removed only right after a sign-in within the same request:
 * an open session is not enough.
 */
export function addPasskeyPrompt(
  prompts: interactionPolicy.DefaultPolicy,
  demand: PasskeyDemand,
): void {
  const { Check, Prompt } = interactionPolicy;
  const login = prompts.get("login");
  login?.checks.remove("essential_acr");
  login?.checks.remove("essential_acrs");
  login?.checks.add(
    new Check(
      "passkey_changes",
      "passkeys are changed after a new sign-in only",
      "login_required",
      ({ oidc }) => !oidc.result?.login && changesPasskeys(oidc, demand),
    ),
  );
  const byRole = new Check(
    passkeyReasons.role,
    "the role needs a passkey",
    "login_required",
    ({ oidc }) => roleNeedsPasskey(oidc, demand),
  );
  const byClient = new Check(
    passkeyReasons.client,
    "the client needs a passkey",
    "login_required",
    ({ oidc }) => clientNeedsPasskey(oidc),
  );
  const prompt = { name: "passkey", requestable: true };
  prompts.add(new Prompt(prompt, byRole, byClient), 1);
}

async function changesPasskeys(oidc: Oidc, demand: PasskeyDemand) {
  const { accountId } = oidc.session ?? {};
  if (accountId === undefined) return false;
  if (oidc.prompts.has("passkey")) return true;
  const due =
    clientNeedsPasskey(oidc) || (await roleNeedsPasskey(oidc, demand));
  const has = due ? await listPasskeys(demand.database, accountId) : [];
  return due && has.length === 0;
}

async function roleNeedsPasskey(
  { session }: Oidc,
  { accounts, passkeyRoles }: PasskeyDemand,
): Promise<boolean> {
  if (!session?.accountId || session.acr === passkeySignIn.acr) return false;
  const account = await accounts.find(session.accountId);
  return account !== undefined && passkeyRoles.has(account.role);
}

function clientNeedsPasskey(oidc: Oidc): boolean {
  const asked = acrAsked(oidc).map((acr) => acrValues.indexOf(acr));
  if (asked.length === 0) return false;
  const weakest = Math.min(...asked.filter((strength) => strength >= 0));
  if (weakest === Infinity)
    throw new errors.UnmetAuthenticationRequirements(
      "nobody can sign in here as the client asks",
    );
  return acrValues.indexOf(oidc.acr ?? "") < weakest;
}

/** The provider reads `acr_values` as a claim that is not essential. */
function acrAsked({ params, claims }: Oidc): readonly string[] {
  const acrValuesAsked = params?.["acr_values"];
  if (typeof acrValuesAsked === "string") return acrValuesAsked.split(" ");
  const { essential, value, values } = claims.id_token?.["acr"] ?? {};
  if (!essential) return [];
  return [value ?? [], values ?? []].flat().map(String);
}
