import { type Command, Option } from "commander";

export function dataOption(): Option {
  return new Option(
    "--data <folder>",
    "keep databases, keys and tokens there (default: .data in the checkout)",
  ).env("HR_DATA");
}

export function issuerOption(): Option {
  return new Option(
    "--issuer <url>",
    "another auth service (default: that of npm start)",
  ).env("HR_ISSUER");
}

/** Declares the verbs of a command that acts on the auth database. */
export function verbsOf(parent: Command) {
  return (name: string, summary: string): Command =>
    parent
      .command(name)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .addOption(dataOption());
}

export const actsOn = `It acts on the database of AUTH_DATABASE_URL, else on that of the npm start that runs on the data folder. Servers need no restart.`;
