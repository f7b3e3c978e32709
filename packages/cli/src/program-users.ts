import type { Command } from "commander";
import { actsOn, verbsOf } from "./options.ts";
import type { Environment } from "./settings.ts";
import type {
  AddUserOptions,
  Listing,
  PasswordOptions,
  Where,
} from "./user-command.ts";

/** `hr user`. */
export function addUsers(program: Command, env: Environment): void {
  const user = program
    .command("user")
    .summary("the people who sign in: add, disable, change role or password")
    .description(userText);
  const verb = verbsOf(user);
  const load = () => import("./user-command.ts");
  verb("list", "everybody, with role and state")
    .option("--json", "as JSON")
    .action(async (options: Listing) => (await load()).listUsers(options, env));
  passwordOptions(verb("add", "let somebody sign in"))
    .argument("<sign-in>", "the name to sign in with, such as an address")
    .requiredOption("--name <name>", "what they are called")
    .requiredOption("--role <role>", "what they may be granted")
    .option("--employee-id <id>", "their record, such as emp_ada")
    .action(async (name: string, options: AddUserOptions, command: Command) => {
      demandPassword(options, command);
      await (await load()).addUser({ signIn: name, command }, options, env);
    });
  for (const name of Object.keys(changes) as (keyof typeof changes)[])
    verb(name, changes[name])
      .argument("<sign-in>", "who")
      .action(async (signIn: string, options: Where) =>
        (await load()).changeUser({ signIn, to: name }, options, env),
      );
  verb("role", "give another role; tokens held until now end")
    .argument("<sign-in>", "who")
    .argument("<role>", "the other role")
    .action(
      async (signIn: string, role: string, options: Where, command: Command) =>
        (await load()).giveRole({ signIn, role, command }, options, env),
    );
  passwordOptions(verb("password", "set another; sessions and grants end"))
    .argument("<sign-in>", "who")
    .action(
      async (signIn: string, options: PasswordOptions, command: Command) => {
        demandPassword(options, command);
        await (await load()).setPassword(signIn, options, env);
      },
    );
}

const changes = {
  disable: "lock out; sessions, grants and tokens end",
  enable: "let in again",
  "end-sessions": "sign out everywhere; tokens end",
  "remove-passkeys":
    "for who lost them: the password adds the first again; sessions end",
};

function passwordOptions(command: Command): Command {
  return command
    .option("--password-stdin", "read the password from standard input")
    .option("--generate", "make one, and show it once");
}

function demandPassword(options: PasswordOptions, command: Command): void {
  if ((options.passwordStdin ?? false) === (options.generate ?? false))
    command.error("error: give either --password-stdin or --generate");
}

const userText = `The people who sign in. A password is never an argument: other users of a machine see those.

${actsOn}`;
