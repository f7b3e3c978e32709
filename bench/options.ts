import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Suite, suites } from "./suites.ts";

export type Options = {
  readonly rounds: number;
  readonly seconds: number;
  readonly suites: readonly Suite[];
  readonly profile: string | undefined;
  /** Where the tables are written, beside standard output. */
  readonly out: string | undefined;
  readonly help: boolean;
};

const rivals = "rivals";
const results = join(import.meta.dirname, "results.md");

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
  --without <names> comma-separated suites, contenders and operations to leave out;
                    rivals: the gateways that are installed for it
  --out <file>      where the tables are written; bench/results.md when all is run,
                    nowhere when something is left out
  --profile <dir>   write a CPU profile of each contender's process there;
                    figures of such a run are not for comparing
  --help            this text
`;

/** @throws OptionError saying what to give instead. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  const { only, without, profile, out } = values;
  const isWhole = !only && !without && !profile;
  return {
    rounds: within("rounds", values.rounds, 50),
    seconds: within("seconds", values.seconds, 20),
    suites: leaveOut(without, choose(only)),
    profile: profile && resolve(profile),
    out: out ? resolve(out) : isWhole ? results : undefined,
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
        without: { type: "string", default: "" },
        out: { type: "string" },
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

/** A word narrows its own kind, in all suites; a kind nobody names stays whole. */
function choose(only: string): readonly Suite[] {
  const words = wordsOf("only", only, []);
  const named = <T extends Named>(kind: (suite: Suite) => readonly T[]) => {
    const isNamed = ({ name }: Named) => words.has(name);
    const narrows = suites.flatMap(kind).some(isNamed);
    return (suite: Suite) =>
      narrows ? kind(suite).filter(isNamed) : kind(suite);
  };
  const itself = named((suite) => [suite]);
  const contenders = named((suite) => suite.contenders);
  const operations = named((suite) => suite.operations);
  return suites
    .flatMap(itself)
    .map((suite) => ({
      ...suite,
      contenders: contenders(suite),
      operations: operations(suite),
    }))
    .filter((suite) => suite.contenders.length * suite.operations.length > 0);
}

type Named = { readonly name: string };

function leaveOut(without: string, chosen: readonly Suite[]): readonly Suite[] {
  const words = wordsOf("without", without, [rivals]);
  const stays = ({ name }: Named) => !words.has(name);
  return chosen.filter(stays).map((suite) => ({
    ...suite,
    contenders: suite.contenders
      .filter(stays)
      .filter(({ isRival }) => !isRival || !words.has(rivals)),
    operations: suite.operations.filter(stays),
  }));
}

function wordsOf(
  option: string,
  text: string,
  more: readonly string[],
): ReadonlySet<string> {
  const words = new Set(text.split(",").filter(Boolean));
  const known = new Set([...suites.flatMap(namesIn), ...more]);
  const unknown = [...words.difference(known)];
  if (unknown.length === 0) return words;
  throw new OptionError(`--${option} names ${unknown.join(", ")}: see --help`);
}

function namesIn({ name, contenders, operations }: Suite): readonly string[] {
  return [name, ...[...contenders, ...operations].map((one) => one.name)];
}

function listOf(
  kind: string,
  names: (suite: Suite) => readonly string[],
): string {
  return `                    ${kind}: ${[...new Set(suites.flatMap(names))].join(" ")}`;
}
