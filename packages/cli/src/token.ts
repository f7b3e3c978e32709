import { join } from "node:path";
import { personas } from "@hr/demo";
import { CliError } from "./cli-error.ts";
import { askToken, discover } from "./issuer.ts";
import { machineClients, readSecrets, secretVariable } from "./secrets.ts";
import { urlOf } from "./services.ts";
import { type Environment, type Place, readPlace } from "./settings.ts";
import { signIn } from "./sign-in.ts";
import { cachedToken, claimsOf, secondsLeft } from "./token-cache.ts";

export type TokenOptions = {
  readonly client?: string;
  readonly scope?: string;
  readonly data?: string;
  readonly decode?: true;
};

/**
 * Prints an access token and nothing else on standard output; with `decode` its
 * claims and the minutes left instead.
 * @throws CliError that says who refused what, and what to do
 */
export async function token(
  persona: string | undefined,
  options: TokenOptions,
  env: Environment,
): Promise<void> {
  const place = { ...readPlace(env, options.data), env };
  const { client, scope } = options;
  const made =
    client === undefined
      ? await personaToken(place, persona ?? "", scope)
      : await machineToken(place, client, scope);
  warnOfLacking(claimsOf(made).scope, scope);
  process.stdout.write(options.decode ? decoded(made) : `${made}\n`);
}

/** A machine's access token, by client_credentials (RFC 6749, section 4.4). */
export async function clientToken(
  at: string,
  client: { readonly id: string; readonly secret: string },
  scope?: string,
): Promise<string> {
  const pair = Buffer.from(`${client.id}:${client.secret}`).toString("base64");
  return askToken(
    await discover(at),
    {
      grant_type: "client_credentials",
      ...(scope === undefined ? {} : { scope }),
    },
    { authorization: `Basic ${pair}` },
  );
}

function personaToken(
  place: Place,
  name: string,
  scope?: string,
): Promise<string> {
  const persona = personas.find((one) => one.name === name);
  if (!persona) throw new CliError(`There is no persona ${name}.`);
  return kept(place, [name, scope ?? ""], (issuer) =>
    signIn(issuer, persona.login, scope),
  );
}

function machineToken(
  place: Place & { readonly env: Environment },
  id: string,
  scope?: string,
): Promise<string> {
  return kept(place, ["client", id, scope ?? ""], async (issuer) => {
    const variable = secretVariable(id);
    const given = place.env[variable];
    const secret = given || (await readSecrets(place.secretsFile))[variable];
    if (!secret)
      throw new CliError(
        `${variable} is neither in the environment nor in ${place.secretsFile}: npm start makes it for ${machineClients.join(" and ")}.`,
      );
    return clientToken(issuer, { id, secret }, scope);
  });
}

function kept(
  place: Place,
  who: readonly string[],
  make: (issuer: string) => Promise<string>,
): Promise<string> {
  const issuer = urlOf("auth", place.ports);
  const folder = join(place.dataFolder, "tokens");
  return cachedToken(folder, [issuer, ...who], () => make(issuer));
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
