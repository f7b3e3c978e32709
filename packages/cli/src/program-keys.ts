import type { Command } from "commander";
import type { ChangeOptions, ListOptions } from "./keys-command.ts";
import { actsOn, verbsOf } from "./options.ts";
import type { Environment } from "./settings.ts";

/** `hr keys`. */
export function addKeys(program: Command, env: Environment): void {
  const keys = program
    .command("keys")
    .summary("the keys tokens are signed with: list, rotate, drop")
    .description(keysText)
    .addHelpText("after", keysExamples);
  const verb = (name: string, summary: string) =>
    verbsOf(keys)(name, summary).option(
      "--gateway",
      "those the gateway signs with for subgraphs",
    );
  const change = (name: string, summary: string) =>
    verb(name, summary).option(
      "--force",
      "even if the pending key was published less than 15 minutes ago",
    );
  const load = () => import("./keys-command.ts");
  verb("list", "all, with state, since when, and what comes next")
    .option("--json", "as JSON")
    .action(async (options: ListOptions) =>
      (await load()).listKeys(options, env),
    );
  change("rotate", "the pending key signs from now on").action(
    async (options: ChangeOptions) => (await load()).rotateKeys(options, env),
  );
  change("drop", "take a key out at once, as after a theft")
    .argument("<kid>", "which; after -- if it begins with a hyphen")
    .action(async (kid: string, options: ChangeOptions) =>
      (await load()).dropKey(kid, options, env),
    );
}

const keysText = `The keys tokens are signed with: those of the auth service, or with --gateway those of the gateway.

A key is pending: published, so that all who verify know it; then active: it signs; then retired: it verifies for 24 hours more; then gone. A rotation takes each a step further. It is refused within 15 minutes of the pending key's publication, when a verifier may not have it yet.

${actsOn}`;

const keysExamples = `
Environment:
  KEY_ENCRYPTION_KEY  that of the auth service, to rotate and drop; else that of npm start
  KEY_ROTATION_DAYS   as the service has it, for the dates of list; else 90
  GATEWAY_KEYS_FILE   the gateway's; else that of npm start

Examples:
  npx hr keys list
  npx hr keys rotate --gateway
  npx hr keys drop Kc9jl61r7VjhF8I11rXIzRDP7XRal0plpbUIOUd9taw --force`;
