import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

export type Ran = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Hr = {
  readonly child: ChildProcess;
  /** Resolves with what matches on standard output; rejects if it ends without. */
  said(words: RegExp): Promise<string>;
  readonly ended: Promise<Ran>;
};

/** Starts `hr` with the environment of a plain shell, whatever this one's holds. */
export function startHr(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  input = "",
): Hr {
  const { PATH, HOME } = process.env;
  const env = Object.fromEntries(
    Object.entries({ PATH, HOME, ...variables }).filter(([, value]) => value),
  );
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, [main, ...args], { env });
  child.stdin.end(input);
  const heard = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on(
      "data",
      (chunk: Buffer) => (heard[name] += chunk.toString()),
    );
  const ended = new Promise<Ran>((resolve) =>
    child.once("close", (code) => resolve({ code, ...heard })),
  );
  const said = (words: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const [found] = words.exec(heard.stdout) ?? [];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on("data", look);
      look();
      void ended.then((ran) => reject(new Error(JSON.stringify(ran))));
    });
  return { child, said, ended };
}

export function runHr(...of: Parameters<typeof startHr>): Promise<Ran> {
  return startHr(...of).ended;
}
