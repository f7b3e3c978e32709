import { readFile } from "node:fs/promises";
import { allScopes } from "@hr/access";
import type { AuthAdmin, KnownClient, NewClient } from "@hr/auth/admin";
import { withAuthAdmin } from "./auth-admin.ts";
import { CliError } from "./cli-error.ts";
import { didYouMean } from "./near-names.ts";
import { secretVariable } from "./secrets.ts";
import { type Environment, readPlace } from "./settings.ts";
import { table } from "./table.ts";
import type { Listing, Where } from "./user-command.ts";

export type AddClientOptions = Where & {
  readonly name: string;
  readonly kind: NewClient["kind"];
  /** In one string, separated by spaces. */
  readonly scopes: string;
  readonly redirectUri?: readonly string[];
  readonly postLogoutRedirectUri?: readonly string[];
  readonly jwks?: string;
  readonly parOnly?: true;
};

export type RotateOptions = Where & { readonly jwks?: string };

export async function listClients(
  options: Listing,
  env: Environment,
): Promise<void> {
  const place = readPlace(env, options.data);
  const clients = await withAuthAdmin(place, env, (admin) =>
    admin.clients.list(),
  );
  process.stdout.write(
    options.json
      ? `${JSON.stringify(clients, null, 2)}\n`
      : table(
          ["id", "name", "kind", "proof", "state", "scopes"],
          clients.map((one) => [
            one.id,
            one.name,
            one.kind,
            one.proof,
            stateOf(one),
            scopesOf(one),
          ]),
        ),
  );
}

/** @throws CliError or AdminError with all that is wrong */
export async function addClient(
  id: string,
  options: AddClientOptions,
  env: Environment,
): Promise<void> {
  const place = readPlace(env, options.data);
  const scopes = options.scopes.split(/[\s,]+/).filter(Boolean);
  demandKnown(scopes);
  const { name, kind, redirectUri, postLogoutRedirectUri } = options;
  const client: NewClient = {
    ...{ id, name, kind, scopes },
    redirectUris: redirectUri ?? [],
    postLogoutRedirectUris: postLogoutRedirectUri ?? [],
    pushedRequestsOnly: options.parOnly ?? false,
    jwks: await readKeys(options.jwks),
  };
  const { secret, joined } = await withAuthAdmin(place, env, (admin) =>
    admin.clients.add(client),
  );
  process.stdout.write(`Added ${id}, a ${kind} client.\n`);
  showSecret(id, secret);
  if (joined.length > 0)
    process.stderr.write(
      `Warning: it joins duties that should be apart: ${joined.join(", ")}.\n`,
    );
}

/** @throws CliError or AdminError that says what to do instead */
export async function rotateSecret(
  id: string,
  options: RotateOptions,
  env: Environment,
): Promise<void> {
  const jwks = await readKeys(options.jwks);
  const renew = (admin: AuthAdmin) => admin.clients.renew(id, jwks);
  const { secret } = await onClient(id, { ...options, env }, renew);
  process.stdout.write(
    `What ${id} proved itself with until now is worth nothing any more.\n`,
  );
  showSecret(id, secret);
}

export async function changeClient(
  { id, to }: { readonly id: string; readonly to: "disable" | "enable" },
  where: Where,
  env: Environment,
): Promise<void> {
  await onClient(id, { ...where, env }, (admin) => admin.clients[to](id));
  const words =
    to === "disable" ? "disabled; its tokens have ended" : "enabled";
  process.stdout.write(`${id} is ${words}.\n`);
}

function onClient<Result>(
  id: string,
  { data, env }: Where & { readonly env: Environment },
  work: (admin: AuthAdmin) => Promise<Result>,
): Promise<Result> {
  return withAuthAdmin(readPlace(env, data), env, async (admin) => {
    const ids = (await admin.clients.list()).map((one) => one.id);
    if (ids.includes(id)) return work(admin);
    throw new CliError(`There is no client ${id}.${didYouMean(id, ids)}`);
  });
}

function demandKnown(scopes: readonly string[]): void {
  const faults = scopes
    .filter((scope) => !allScopes.some((one) => one === scope))
    .map((scope) => `\n  ${scope}.${didYouMean(scope, allScopes)}`);
  if (faults.length > 0)
    throw new CliError(`No schema knows these scopes:${faults.join("")}`);
}

async function readKeys(file: string | undefined): Promise<unknown> {
  if (file === undefined) return undefined;
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    throw new CliError(`${file} cannot be read as JSON.`);
  }
}

function showSecret(id: string, secret: string | undefined): void {
  if (secret === undefined) return;
  process.stdout.write(`Secret, shown this once: ${secret}
With it in ${secretVariable(id)}, npx hr token --client ${id} prints a token.
`);
}

function stateOf({ disabled, builtIn }: KnownClient): string {
  if (builtIn) return "built in";
  return disabled ? "disabled" : "enabled";
}

function scopesOf({ scopes }: KnownClient): string {
  return scopes.length === allScopes.length ? "all" : scopes.join(" ");
}
