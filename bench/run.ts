import { cpus, release, totalmem, type as system } from "node:os";
import { connections } from "./load.ts";
import { OptionError, type Options, readOptions, usage } from "./options.ts";
import { runRounds } from "./rounds.ts";
import { table } from "./table.ts";

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(usage);
  else await run(options);
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function run({
  rounds,
  seconds,
  suites,
  profile,
}: Options): Promise<void> {
  const execArgv = profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : [];
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  process.stdout.write(
    `${machine()}; ${rounds} rounds of ${seconds} s, ${connections} connections, 200 callers\n`,
  );
  for (const suite of suites) {
    const plan = { rounds, seconds, execArgv, onProgress };
    const results = await runRounds(suite, plan);
    process.stdout.write(`\n${table(suite, results)}\n`);
  }
}

function machine(): string {
  const cores = cpus();
  const memory = `${(totalmem() / 1e9).toFixed(0)} GB`;
  return `${cores.length} × ${cores[0]?.model ?? "unknown"}, ${memory}, ${system()} ${release()}, Node ${process.version}`;
}
