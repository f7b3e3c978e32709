import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Mutant, mutants } from "./mutants.ts";

/** What jest tells of a run; `--json`. */
type Told = {
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
    }[];
  }[];
};

type Run = {
  readonly failed: readonly string[];
  readonly passed: number;
  /** Suites that could not be loaded: they prove nothing. */
  readonly broken: number;
};

type Verdict = { readonly killed: boolean; readonly by: string };

const root = resolve(import.meta.dirname, "../..");

/**
 * Takes one guard out at a time and demands that a test notices; where none does,
 * one is missing. `--only hole-5` takes the mutants of one class.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const chosen = mutants.filter(({ id }) => isChosen(id, values.only));
  if (chosen.length === 0) throw new Error(`No mutant is ${values.only}`);
  await demandPlaces(chosen);
  const folder = await mkdtemp(join(tmpdir(), "mutants-"));
  const sound = new Map<string, Run>();
  let survivors = 0;
  for (const mutant of chosen) {
    const key = JSON.stringify([mutant.tests, mutant.name]);
    const before = sound.get(key) ?? (await run(mutant, folder, ""));
    sound.set(key, before);
    const after = await run(mutant, folder, mutant.id);
    const { killed, by } = judge(before, after);
    if (!killed) survivors += 1;
    print(`${killed ? "killed  " : "SURVIVED"} ${mutant.id.padEnd(28)} ${by}`);
  }
  await rm(folder, { recursive: true });
  print(`${chosen.length - survivors} killed, ${survivors} survived`);
  return survivors === 0 ? 0 : 1;
}

/** `hole-5` stands for `hole-5-subgraph` too. */
function isChosen(id: string, only: string | undefined): boolean {
  return only === undefined || id === only || id.startsWith(`${only}-`);
}

async function demandPlaces(chosen: readonly Mutant[]): Promise<void> {
  for (const { id, file, find } of chosen) {
    const text = await readFile(join(root, file), "utf8");
    const places = text.split(find).length - 1;
    if (places !== 1)
      throw new Error(`${id}: its text stands ${places} times in ${file}`);
  }
}

/** Only what fails with the guard out and passes with it in counts. */
function judge(before: Run, after: Run): Verdict {
  const noticed = after.failed.filter((name) => !before.failed.includes(name));
  if (before.passed === 0) return { killed: false, by: "no test passes" };
  if (after.broken > 0)
    return { killed: false, by: "the tests could not be loaded" };
  const [first] = noticed;
  if (first === undefined) return { killed: false, by: "no test fails" };
  const all = after.failed.length + after.passed;
  const known = before.failed.length;
  const beside = known > 0 ? ` (${known} fail without it too)` : "";
  return { killed: true, by: `${noticed.length} of ${all}${beside}: ${first}` };
}

async function run(
  { tests, name }: Mutant,
  folder: string,
  id: string,
): Promise<Run> {
  const outputFile = join(folder, "told.json");
  await rm(outputFile, { force: true });
  await jest(
    [
      ...[tests, "--json", `--outputFile=${outputFile}`, "--maxWorkers=1"],
      ...["--forceExit", "--testTimeout=30000"],
      ...(name === undefined ? [] : ["--testNamePattern", name]),
    ],
    id,
  );
  const told = JSON.parse(await readFile(outputFile, "utf8")) as Told;
  const results = told.testResults.flatMap((one) => one.assertionResults);
  return {
    failed: results
      .filter(({ status }) => status === "failed")
      .map(({ fullName }) => fullName),
    passed: results.filter(({ status }) => status === "passed").length,
    broken: told.numRuntimeErrorTestSuites,
  };
}

function jest(args: readonly string[], MUTANT: string): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      "--experimental-vm-modules",
      "--disable-warning=ExperimentalWarning",
      join(root, "node_modules/jest/bin/jest.js"),
      ...args,
    ],
    { cwd: root, env: { ...process.env, MUTANT }, stdio: "ignore" },
  );
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", () => done());
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
