import { text } from "node:stream/consumers";
import {
  type AuthAdmin,
  type KnownAccount,
  generatePassword,
} from "@hr/auth/admin";
import { type Role, roleScopes } from "@hr/auth/registry";
import type { Command } from "commander";
import { withAuthAdmin } from "./auth-admin.ts";
import { CliError } from "./cli-error.ts";
import { didYouMean } from "./near-names.ts";
import { type Environment, readPlace } from "./settings.ts";
import { table } from "./table.ts";

export type Where = { readonly data?: string };

export type Listing = Where & { readonly json?: true };

/** Exactly one of both. */
export type PasswordOptions = Where & {
  readonly passwordStdin?: true;
  readonly generate?: true;
};

export type AddUserOptions = PasswordOptions & {
  readonly name: string;
  readonly role: string;
  readonly employeeId?: string;
};

export async function listUsers(
  options: Listing,
  env: Environment,
): Promise<void> {
  const place = readPlace(env, options.data);
  const users = await withAuthAdmin(place, env, ({ accounts }) =>
    accounts.list(),
  );
  process.stdout.write(
    options.json
      ? `${JSON.stringify(users, null, 2)}\n`
      : table(
          ["sign-in", "name", "role", "employee", "state", "id"],
          users.map((one) => [
            one.signIn,
            one.displayName,
            one.role,
            one.employeeId ?? "–",
            stateOf(one),
            one.id,
          ]),
        ),
  );
}

/** @throws CliError or AdminError with all that is wrong */
export async function addUser(
  { signIn, command }: { readonly signIn: string; readonly command: Command },
  options: AddUserOptions,
  env: Environment,
): Promise<void> {
  const place = readPlace(env, options.data);
  const role = demandRole(options.role, command);
  const { name: displayName, employeeId = null } = options;
  const password = await choosePassword(options);
  const account = { signIn, displayName, role, employeeId, password };
  const { id, signIn: known } = await withAuthAdmin(place, env, (admin) =>
    admin.accounts.add(account),
  );
  process.stdout.write(`Added ${known} as ${role} (${id}).\n`);
  showGenerated(options, password);
}

const changes = {
  disable: [
    (admin: AuthAdmin, id: string) => admin.accounts.disable(id),
    "is disabled; all sessions, grants and tokens have ended",
  ],
  enable: [
    (admin: AuthAdmin, id: string) => admin.accounts.enable(id),
    "is enabled",
  ],
  "end-sessions": [
    (admin: AuthAdmin, id: string) => admin.accounts.endSessions(id),
    "is signed out everywhere; all grants and tokens have ended",
  ],
  "remove-passkeys": [
    (admin: AuthAdmin, id: string) => admin.accounts.removePasskeys(id),
    "has no passkeys any more; all sessions, grants and tokens have ended",
  ],
} as const;

export function changeUser(
  what: { readonly signIn: string; readonly to: keyof typeof changes },
  where: Where,
  env: Environment,
): Promise<void> {
  const [change, words] = changes[what.to];
  return onUser(what.signIn, { ...where, env }, async (admin, { id }) => {
    await change(admin, id);
    return words;
  });
}

export function giveRole(
  what: {
    readonly signIn: string;
    readonly role: string;
    readonly command: Command;
  },
  where: Where,
  env: Environment,
): Promise<void> {
  const role = demandRole(what.role, what.command);
  return onUser(what.signIn, { ...where, env }, async (admin, { id }) => {
    await admin.accounts.setRole(id, role);
    return `has the role ${role} from the next token on`;
  });
}

/** @throws CliError or AdminError with all that is wrong */
export async function setPassword(
  signIn: string,
  options: PasswordOptions,
  env: Environment,
): Promise<void> {
  const password = await choosePassword(options);
  await onUser(signIn, { ...options, env }, async (admin, { id }) => {
    await admin.accounts.setPassword(id, password);
    return "has another password; all sessions, grants and tokens have ended";
  });
  showGenerated(options, password);
}

/** Does something to one account, and says what became of it. */
async function onUser(
  name: string,
  { data, env }: Where & { readonly env: Environment },
  work: (admin: AuthAdmin, account: KnownAccount) => Promise<string>,
): Promise<void> {
  const wanted = name.trim().toLowerCase();
  const words = await withAuthAdmin(
    readPlace(env, data),
    env,
    async (admin) => {
      const all = await admin.accounts.list();
      const found = all.find(
        ({ signIn, id }) => signIn === wanted || id === name,
      );
      if (found) return `${found.signIn} ${await work(admin, found)}`;
      const names = all.map(({ signIn }) => signIn);
      throw new CliError(
        `Nobody signs in as ${wanted}.${didYouMean(wanted, names)}`,
      );
    },
  );
  process.stdout.write(`${words}.\n`);
}

function demandRole(name: string, command: Command): Role {
  const roles = Object.keys(roleScopes);
  const role = roles.find((one) => one === name) as Role | undefined;
  return (
    role ??
    command.error(
      `error: there is no role ${name}, only ${roles.join(", ")}.${didYouMean(name, roles)}`,
    )
  );
}

async function choosePassword(options: PasswordOptions): Promise<string> {
  if (options.generate) return generatePassword();
  return (await text(process.stdin)).replace(/\r?\n$/, "");
}

function showGenerated(options: PasswordOptions, password: string): void {
  if (options.generate)
    process.stdout.write(`Password, shown this once: ${password}\n`);
}

function stateOf({ disabled }: KnownAccount): string {
  return disabled ? "disabled" : "enabled";
}
