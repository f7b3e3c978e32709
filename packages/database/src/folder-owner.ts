import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseError, codeOf } from "./database-error.ts";
import { isAlive, startOf } from "./process-table.ts";

/**
 * Makes this process the only owner of a data folder. An owner that ended without
 * giving it back is succeeded, even when its pid has passed to another program.
 * @returns the way to give it back.
 * @throws DatabaseError while another owner lives, this process included.
 */
export async function claimFolder(
  folder: string,
): Promise<() => Promise<void>> {
  const file = join(folder, "owner.pid");
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  const me = `${process.pid} ${(await startOf(process.pid)) ?? ""}`.trim();
  await writeFile(draft, me, { mode: 0o600 });
  try {
    while (!(await linked(draft, file))) await succeed(file, folder);
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(file, { force: true });
}

/** A hard link is made whole or not at all, and only where nothing stands. */
async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function succeed(file: string, folder: string): Promise<void> {
  const owner = await readFile(file, "utf8").catch(() => "");
  const [pid = "", ...start] = owner.split(" ");
  if (owner !== "" && (await lives(Number(pid), start.join(" "))))
    throw new DatabaseError(
      `The data folder ${folder} is in use by process ${pid}. Stop that one first, or use another data folder.`,
    );
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  await rename(file, aside).catch(() => undefined);
  // Another successor may have been faster: then this is its claim, not the dead one's.
  if ((await readFile(aside, "utf8").catch(() => owner)) !== owner)
    await rename(aside, file);
  await rm(aside, { force: true });
}

async function lives(pid: number, start: string): Promise<boolean> {
  if (!(pid > 0) || !isAlive(pid)) return false;
  const now = await startOf(pid);
  return now === undefined || start === "" || now === start;
}
