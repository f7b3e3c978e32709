import { join } from "node:path";
import { personas } from "@hr/demo";
import { ClientSecretBasic, clientCredentialsGrant } from "openid-client";
import { CliError } from "./cli-error.ts";
import { discover, inItsWords, isForDevelopment } from "./issuer.ts";
import { machineClients, readSecrets, secretVariable } from "./secrets.ts";
import { sessionToken } from "./session-token.ts";
import { sessionStore } from "./session.ts";
import {
  type Environment,
  type Place,
  issuerAt,
  readPlace,
} from "./settings.ts";
import { signIn } from "./sign-in.ts";
import { cachedToken, claimsOf, secondsLeft } from "./token-cache.ts";

export type TokenOptions = {
  /** A persona; development only. */
  readonly as?: string;
  readonly client?: string;
  readonly issuer?: string;
  readonly scope?: string;
  readonly data?: string;
  readonly decode?: true;
};

/** Who asks where, and for what. */
type Asked = {
  readonly place: Place;
  readonly issuer: string;
  readonly scope: string | undefined;
};

/**
 * Prints an access token and nothing else on standard output; with `decode` its
 * claims and the minutes left instead. Of a machine client, of a persona, else of
 * whoever is signed in.
 * @throws CliError that says who refused what, and what to do
 */
export async function token(
  options: TokenOptions,
  env: Environment,
): Promise<void> {
  const place = readPlace(env, options.data);
  const { as, client, scope } = options;
  const asked = { place, issuer: issuerAt(place, options.issuer), scope };
  const made = await (client !== undefined
    ? machineToken(asked, client, env)
    : tokenOf(asked, as));
  warnOfLacking(claimsOf(made).scope, scope);
  process.stdout.write(options.decode ? decoded(made) : `${made}\n`);
}

/** A machine's access token, by client_credentials (RFC 6749, section 4.4). */
export async function clientToken(
  issuer: string,
  { id, secret }: { readonly id: string; readonly secret: string },
  scope?: string,
): Promise<string> {
  const client = await discover(issuer, id, ClientSecretBasic(secret));
  const granted = clientCredentialsGrant(client, scope ? { scope } : {});
  return (await inItsWords(granted)).access_token;
}

/** A persona's, else that of whoever is signed in. */
async function tokenOf(asked: Asked, name?: string): Promise<string> {
  const { place, issuer, scope } = asked;
  if (name === undefined)
    return sessionToken(sessionStore(place.dataFolder, issuer), issuer, scope);
  const persona = personas.find((one) => one.name === name);
  if (!persona) throw new CliError(`There is no persona ${name}.`);
  if (!isForDevelopment(issuer))
    throw new CliError(
      `Personas are for development, where everybody knows their password; ${issuer} is not on this machine. Sign in yourself: npx hr login.`,
    );
  return kept(asked, [name], () => signIn(issuer, persona.login, scope));
}

function machineToken(
  asked: Asked,
  id: string,
  env: Environment,
): Promise<string> {
  return kept(asked, ["client", id], async () => {
    const secret = await secretOf(asked, id, env);
    return clientToken(asked.issuer, { id, secret }, asked.scope);
  });
}

/** What `npm start` made is for its own auth service, and nobody else is shown it. */
async function secretOf(
  { place, issuer }: Asked,
  id: string,
  env: Environment,
): Promise<string> {
  const variable = secretVariable(id);
  const isOwn = issuer === issuerAt(place);
  const made = isOwn ? await readSecrets(place.secretsFile) : {};
  const secret = env[variable] || made[variable];
  if (secret) return secret;
  throw new CliError(
    isOwn
      ? `${variable} is neither in the environment nor in ${place.secretsFile}: npm start makes it for ${machineClients.join(", ")}.`
      : `${variable} is not in the environment.`,
  );
}

function kept(
  { place, issuer, scope = "" }: Asked,
  who: readonly string[],
  make: () => Promise<string>,
): Promise<string> {
  const folder = join(place.dataFolder, "tokens");
  return cachedToken(folder, [issuer, ...who, scope], make);
}

/** What a role does not allow is left out without a refusal. */
function warnOfLacking(granted = "", asked = ""): void {
  const all = granted.split(" ");
  const lacking = asked.split(" ").filter((one) => one && !all.includes(one));
  if (lacking.length > 0)
    process.stderr.write(
      `Not granted, since the role does not allow it: ${lacking.join(" ")}\n`,
    );
}

function decoded(made: string): string {
  const claims = claimsOf(made);
  const minutes = (secondsLeft(claims) / 60).toFixed(1);
  return `${JSON.stringify(claims, null, 2)}\n${minutes} minutes left\n`;
}
