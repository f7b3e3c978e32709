import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Variables } from "./environments.ts";
import { type ServiceName, checkout, roomOf } from "./services.ts";

/** One running service. */
export type Launched = {
  /** Resolves, with how it ended, once it is gone and all it said was heard. */
  readonly ended: Promise<string>;
  signal(signal: NodeJS.Signals): void;
};

export type Ears = {
  /** A line on standard output: the log. */
  readonly said: (line: string) => void;
  /** A line on standard error. */
  readonly complained: (line: string) => void;
};

/**
 * Starts a service's `main.ts`. It gets the given environment and nothing else; a
 * process group of its own, so that Ctrl-C in a terminal reaches only us and each
 * is stopped in its turn; and a channel whose end tells it that we are gone.
 */
export function launch(
  name: ServiceName,
  env: Variables,
  ears: Ears,
): Launched {
  const child = spawn(process.execPath, [join(roomOf(name), "src/main.ts")], {
    cwd: checkout,
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  eachLine(child.stdout, ears.said);
  eachLine(child.stderr, ears.complained);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(signal ?? `exit code ${code}`),
    );
  });
  return { ended, signal: (signal) => void child.kill(signal) };
}

function eachLine(stream: Readable | null, hear: (line: string) => void): void {
  if (stream)
    createInterface({ input: stream, crlfDelay: Infinity }).on("line", hear);
}
