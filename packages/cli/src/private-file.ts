import { chmod, mkdir, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { replacePrivateFile } from "@hr/tokens/private-file";
import { CliError } from "./cli-error.ts";

/**
 * What the file holds; undefined if it is not there.
 * @throws CliError if it is another's, or another could read it
 */
export async function readPrivate(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (!found) return undefined;
  const me = process.getuid?.();
  const isOpen = (found.mode & 0o077) !== 0 || found.uid !== me;
  // Where there are no user ids, modes say nothing either.
  if (me !== undefined && isOpen)
    throw new CliError(
      `Others may have read ${file}: remove it and begin anew.`,
    );
  return readFile(file, "utf8");
}

/** For its owner's eyes only, as is the folder; at once and as a whole. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await replacePrivateFile(file, text);
}
