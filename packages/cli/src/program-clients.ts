import { type Command, Option } from "commander";
import type { AddClientOptions, RotateOptions } from "./client-command.ts";
import { actsOn, verbsOf } from "./options.ts";
import type { Environment } from "./settings.ts";
import type { Listing, Where } from "./user-command.ts";

/** `hr client`. */
export function addClients(program: Command, env: Environment): void {
  const client = program
    .command("client")
    .summary("the programs that ask for tokens: add, disable, new secret")
    .description(clientText)
    .addHelpText("after", clientExamples);
  const verb = verbsOf(client);
  const load = () => import("./client-command.ts");
  verb("list", "all, with kind, proof and scopes")
    .option("--json", "as JSON")
    .action(async (options: Listing) =>
      (await load()).listClients(options, env),
    );
  verb("add", "register one; its secret is shown once")
    .argument("<id>", "lower-case letters, digits and hyphens")
    .requiredOption("--name <name>", "what the consent page calls it")
    .addOption(
      new Option("--kind <kind>", "what it is")
        .choices(["machine", "partner", "native", "browser"])
        .makeOptionMandatory(),
    )
    .requiredOption("--scopes <scopes>", "at most these, in one string")
    .option("--redirect-uri <url...>", "where people are sent back to")
    .option(
      "--post-logout-redirect-uri <url...>",
      "where a browser client's people go after signing out",
    )
    .option("--jwks <file>", "public keys to prove itself with, not a secret")
    .option("--par-only", "it has to push its authorization requests")
    .action(async (id: string, options: AddClientOptions) =>
      (await load()).addClient(id, options, env),
    );
  verb("rotate-secret", "replace the secret at once; the new one is shown once")
    .argument("<id>", "which")
    .option("--jwks <file>", "by these public keys instead")
    .action(async (id: string, options: RotateOptions) =>
      (await load()).rotateSecret(id, options, env),
    );
  for (const to of ["disable", "enable"] as const)
    verb(to, changes[to])
      .argument("<id>", "which")
      .action(async (id: string, options: Where) =>
        (await load()).changeClient({ id, to }, options, env),
      );
}

const changes = {
  disable: "no more tokens; those it holds end",
  enable: "tokens again",
};

const clientText = `The programs that ask for tokens. Those of the deployment's configuration are listed too, and changed there.

${actsOn}`;

const clientExamples = `
Examples:
  npx hr client add badge-printer --name "Badge printer" --kind machine --scopes "employee:read"
  npx hr client add travel --name "Travel desk" --kind partner --scopes "employee:read leave:calendar:read" --redirect-uri https://travel.example/callback --par-only
  npx hr client rotate-secret badge-printer`;
