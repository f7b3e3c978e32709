import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { codeOf } from "./database-error.ts";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as somebody else's.
    return codeOf(error) === "EPERM";
  }
}

/** The command line of a process; empty when there is none to see. */
export async function commandOf(pid: number): Promise<string> {
  const ask = promisify(execFile);
  return ask("ps", ["-o", "command=", "-p", String(pid)]).then(
    ({ stdout }) => stdout,
    () => "",
  );
}
