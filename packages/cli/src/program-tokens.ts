import { personas } from "@hr/demo";
import { Argument, type Command, Option } from "commander";
import type { LoginOptions } from "./login.ts";
import { dataOption, issuerOption } from "./options.ts";
import { machineClients } from "./secrets.ts";
import type { Environment } from "./settings.ts";
import type { TokenOptions } from "./token.ts";

/** `hr login`, `hr logout`, `hr token`. */
export function addTokens(program: Command, env: Environment): void {
  addToken(program, env);
  program
    .command("login")
    .summary("sign in by a browser, for hr token")
    .description(loginText)
    .option("--scope <scopes>", "no more than these, in one string")
    .addOption(issuerOption())
    .addOption(dataOption())
    .action(async (options: LoginOptions) =>
      (await import("./login.ts")).login(options, env),
    );
  program
    .command("logout")
    .summary("end what hr login began, here and at the auth service")
    .addOption(issuerOption())
    .addOption(dataOption())
    .action(async (options: LoginOptions) =>
      (await import("./login.ts")).logout(options, env),
    );
}

function addToken(program: Command, env: Environment): void {
  const names = personas.map(({ name }) => name);
  program
    .command("token")
    .summary("print an access token, and nothing else")
    .description(tokenText)
    .addArgument(new Argument("[persona]", "who signs in").choices(names))
    .addOption(
      new Option("--as <persona>", "the same, as an option").choices(names),
    )
    .option(
      "--client <id>",
      `a machine client instead: ${machineClients.join(", ")}`,
    )
    .option(
      "--scope <scopes>",
      "the scopes to ask for, in one string, separated by spaces",
    )
    .option("--decode", "print its claims and the minutes left instead")
    .addOption(issuerOption())
    .addOption(dataOption())
    .addHelpText("after", tokenExamples)
    .action(
      async (
        persona: string | undefined,
        options: TokenOptions,
        command: Command,
      ) => {
        const asked = [persona, options.as, options.client];
        if (asked.filter((one) => one !== undefined).length > 1)
          command.error(
            `error: give either a persona (${names.join(", ")}) or --client <id>`,
          );
        const { token } = await import("./token.ts");
        await token(persona ? { ...options, as: persona } : options, env);
      },
    );
}

const loginText = `Sign in for hr token, by the device flow: it prints an address and a code for a browser, here or on any other device, and waits.

What comes of it lies in the data folder, for its owner's eyes only. It ends with hr logout, after eight hours without use, and fourteen days at the latest.`;

const tokenText = `Print an access token on standard output, and nothing else.

Without more it is that of whoever signed in by hr login. In development, a persona of the demo company signs in through the real pages, by the authorization code flow. A machine client comes by client_credentials, with its secret from the environment or from .env.local. Tokens are kept until 30 s before they expire. Without --scope a token holds all that client and role allow.`;

const tokenExamples = `
Examples:
  TOKEN=$(npx hr token ada)
  npx hr token hana --scope "employee:read leave:read" --decode
  npx hr token --client payroll-export --scope payroll:payslip:read
  npx hr login && TOKEN=$(npx hr token)`;
