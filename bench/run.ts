import { writeFile } from "node:fs/promises";
import { installRivals } from "./installation.ts";
import { OptionError, type Options, readOptions, usage } from "./options.ts";
import { heading, section } from "./report.ts";
import { runRounds } from "./rounds.ts";
import type { Suite } from "./suites.ts";

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(usage);
  else await run(options);
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function run(options: Options): Promise<void> {
  const { rounds, seconds, profile, out } = options;
  const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
  const { suites, notes } = await prepare(options.suites, onProgress);
  const execArgv = profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : [];
  const parts = [await heading({ rounds, seconds, notes })];
  process.stdout.write(parts[0] ?? "");
  for (const suite of suites) {
    const plan = { rounds, seconds, execArgv, onProgress };
    const part = await section(suite, await runRounds(suite, plan));
    process.stdout.write(`\n${part}`);
    parts.push(part);
  }
  if (out) await writeFile(out, parts.join("\n"));
}

/** Without the rivals when they cannot be had. */
async function prepare(
  suites: readonly Suite[],
  onProgress: (line: string) => void,
) {
  const hasRivals = suites.some((suite) =>
    suite.contenders.some(({ isRival }) => isRival),
  );
  const fault = hasRivals ? await installRivals(onProgress) : undefined;
  if (fault === undefined) return { suites, notes: [] };
  const note = `The other gateways are left out, since they could not be installed: ${fault}`;
  onProgress(note);
  const without = suites.map((suite) => ({
    ...suite,
    contenders: suite.contenders.filter(({ isRival }) => !isRival),
  }));
  return { suites: without, notes: [note] };
}
