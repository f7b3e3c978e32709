import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Suite, suites } from "./suites.ts";

export type Options = {
  readonly rounds: number;
  readonly seconds: number;
  readonly suites: readonly Suite[];
  readonly profile: string | undefined;
  readonly help: boolean;
};

/** An option that means nothing here. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

export const usage = `npm run bench -- [options]

  --rounds <n>      rounds, each with fresh processes (default 5, at most 50)
  --seconds <n>     length of one measurement (default 5, at most 20); warming
                    up takes as long at most
  --only <names>    comma-separated suites, contenders and operations to keep:
${listOf("suites", (suite) => [suite.name])}
${listOf("contenders", (suite) => suite.contenders.map(({ name }) => name))}
${listOf("operations", (suite) => suite.operations.map(({ name }) => name))}
  --profile <dir>   write a CPU profile of each contender's process there;
                    figures of such a run are not for comparing
  --help            this text
`;

/** @throws OptionError saying what to give instead. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  return {
    rounds: within("rounds", values.rounds, 50),
    seconds: within("seconds", values.seconds, 20),
    suites: choose(values.only),
    profile: values.profile && resolve(values.profile),
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "5" },
        only: { type: "string", default: "" },
        profile: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : "unknown");
  }
}

function within(name: string, text: string, maximum: number): number {
  const value = Number(text);
  if (value > 0 && value <= maximum) return value;
  throw new OptionError(`--${name} is ${text}: give a number up to ${maximum}`);
}

/** A word narrows its own kind; a kind nobody names stays whole. */
function choose(only: string): readonly Suite[] {
  const words = new Set(only.split(",").filter(Boolean));
  const unknown = words.difference(new Set(suites.flatMap(namesIn)));
  if (unknown.size > 0)
    throw new OptionError(
      `--only names ${[...unknown].join(", ")}: see --help`,
    );
  const named = <T extends { readonly name: string }>(all: readonly T[]) => {
    const kept = all.filter(({ name }) => words.has(name));
    return kept.length > 0 ? kept : all;
  };
  return suites
    .filter(
      (suite) =>
        words.size === 0 || namesIn(suite).some((name) => words.has(name)),
    )
    .map((suite) => ({
      ...suite,
      contenders: named(suite.contenders),
      operations: named(suite.operations),
    }));
}

function namesIn({ name, contenders, operations }: Suite): readonly string[] {
  return [name, ...[...contenders, ...operations].map((one) => one.name)];
}

function listOf(
  kind: string,
  names: (suite: Suite) => readonly string[],
): string {
  return `                    ${kind}: ${suites.flatMap(names).join(" ")}`;
}
