import { Command } from "commander";
import { gatewaySwitches } from "./environments.ts";
import type { ComposeOptions } from "./compose-command.ts";
import { dataOption } from "./options.ts";
import { addClients } from "./program-clients.ts";
import { addDocuments } from "./program-documents.ts";
import { addKeys } from "./program-keys.ts";
import { addTokens } from "./program-tokens.ts";
import { addUsers } from "./program-users.ts";
import { portVariable, serviceNames, standardPorts } from "./services.ts";
import type { ScopesOptions } from "./scopes-command.ts";
import type { Environment } from "./settings.ts";
import type { StartOptions } from "./start.ts";

/**
 * The commands of `hr`. What each needs is loaded when it runs. A command or option
 * that is wrong exits 2; what fails while running is thrown.
 */
export function createProgram(env: Environment): Command {
  const program = new Command("hr")
    .description("Runs the HR supergraph, and gets tokens for it.")
    .showHelpAfterError("(add --help for what there is)")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  addStart(program, env);
  addTokens(program, env);
  addCompose(program);
  addScopes(program);
  addDocuments(program);
  addUsers(program, env);
  addClients(program, env);
  addKeys(program, env);
  return program;
}

function addStart(program: Command, env: Environment): void {
  program
    .command("start")
    .summary("run everything: PostgreSQL, auth, the subgraphs, the gateway")
    .description(startText)
    .option(
      "--watch",
      "start a service again when its files change, and compose when a schema does",
    )
    .option("--json", "pass the services' JSON log lines through untouched")
    .addOption(dataOption())
    .addHelpText("after", startVariables())
    .action(async (options: StartOptions) =>
      (await import("./start.ts")).start(options, env),
    );
}

function addCompose(program: Command): void {
  program
    .command("compose")
    .summary(
      "compose the subgraph schemas into the supergraph and the policies",
    )
    .description(composeText)
    .option(
      "--config <file>",
      "the subgraphs, in Rover's format (default: supergraph.yaml of the checkout)",
    )
    .option(
      "--check",
      "write nothing; exit 1 and name the files that are stale",
    )
    .action(async (options: ComposeOptions) =>
      (await import("./compose-command.ts")).composeCommand(options),
    );
}

function addScopes(program: Command): void {
  program
    .command("scopes")
    .summary("what operations need, who reaches a field, what a scope opens")
    .description(scopesText)
    .argument("[files...]", "operations, as GraphQL documents")
    .option("--manifest <file>", "a persisted-operations manifest")
    .option("--machine", "as a machine, which holds no scope with a reach")
    .option("--check", "whether --client is registered for that, and no more")
    .option("--client <id>", "a client of the auth service")
    .option("--who <coordinate>", "who reaches a field or type, and whose rows")
    .option("--reverse <scope>", "the fields a scope opens, and with what else")
    .option("--json", "the answer as JSON")
    .option(
      "--supergraph <file>",
      "another composed supergraph (default: gateway/supergraph.graphql of the checkout)",
    )
    .addHelpText("after", scopesExamples)
    .action(
      async (
        files: readonly string[],
        options: ScopesOptions,
        command: Command,
      ) => {
        const scopes = await import("./scopes-command.ts");
        const fault = scopes.scopesUsageFault(files, options);
        if (fault !== undefined) command.error(`error: ${fault}`);
        await scopes.scopesCommand(files, options);
      },
    );
}

const startText = `Run everything: PostgreSQL, auth, the three subgraphs and the gateway.

The first start creates the databases and the demo company; later ones keep them. When all is ready it prints where to go, whom to sign in as and lines to paste.

Ctrl-C stops the gateway, the other services, then the database; a second one ends at once. A service that ends by itself while running is started again after half a second, then one, two and four; at the fifth end within a minute everything stops with exit code 1. One that does not start at all stops everything at once.`;

const composeText = `Compose the subgraph schemas into gateway/supergraph.graphql with gateway/scopes.json and docs/access.md, and one policy.json beside each schema, after checking them against the rules of the house.`;

const scopesText = `Without arguments, list the scope vocabulary, each with the sentence people read.

Of operations, print the sets of scopes that suffice, the smallest first: fewest scopes, then least reach. Fragments serve all the files given; the documents of a manifest (Apollo's format, or one object of hash to document) stand for themselves. Selections under @skip and @include count. A set is what the schema asks for; a :self or :reports scope then answers for those rows alone.

--check exits 1 when the client is registered for too little or too much. An operation is covered when the client holds one of its sets. Superfluous are the scopes without which nothing changes. For a machine: every operation stays covered. For a browser or native client, whose tokens hold what client, role and request have in common: in every role each rule can still be met, and with the same reaches. So neither :self beside the wide scope is too much, which lets somebody ask for less, nor the wide one, which lets another role see more; but where the narrower reach would cover everything, the wider is noted, without failing: whether anybody is to see more does not stand in an operation. Policies are decided at run time and do not count.`;

const scopesExamples = `
Examples:
  npx hr scopes examples/operations/*.graphql
  npx hr scopes --manifest persisted.json --json
  npx hr scopes --check --client payroll-export examples/operations/payroll-export.graphql
  npx hr scopes --who Employee.compensation
  npx hr scopes --reverse leave:read:reports`;

function startVariables(): string {
  const ports = serviceNames.map((name) => [
    portVariable(name),
    `${standardPorts[name]} unless set; 0 takes any free port`,
  ]);
  const all = [
    [
      "DATABASE_URL",
      "a PostgreSQL 18 server, as its administrator; else an embedded one",
    ],
    [
      "DEMO_TODAY",
      "the day a new demo company is dated by, such as 2026-03-31; else today",
    ],
    ...ports,
    [gatewaySwitches.join(", "), "are handed to the gateway: see the README"],
  ];
  const lines = all.map(([name = "", text]) => `  ${name.padEnd(20)} ${text}`);
  return `\nEnvironment:\n${lines.join("\n")}`;
}
