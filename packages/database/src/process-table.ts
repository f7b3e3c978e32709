import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
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

/** The command line of a process; undefined when this machine does not tell. */
export async function commandOf(pid: number): Promise<string | undefined> {
  const kept = await procFile(pid, "cmdline");
  return kept?.replaceAll("\0", " ") ?? askPs(pid, "command=");
}

/** When a process began, in whatever unit the system counts: tells it from a later one with its pid. */
export async function startOf(pid: number): Promise<string | undefined> {
  const stat = await procFile(pid, "stat");
  // The name stands in brackets and may hold spaces; starttime is field 22 (proc(5)).
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields?.[19] ?? askPs(pid, "lstart=");
}

/** Linux; slim images have no `ps`. */
async function procFile(
  pid: number,
  file: string,
): Promise<string | undefined> {
  return readFile(`/proc/${pid}/${file}`, "utf8").catch(() => undefined);
}

async function askPs(pid: number, what: string): Promise<string | undefined> {
  const flags = ["-ww", "-o", what, "-p", String(pid)];
  return promisify(execFile)("ps", flags).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}
