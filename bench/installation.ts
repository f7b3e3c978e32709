import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..");
const folder = "bench/rivals";
const command = `npm ci --prefix ${folder} --ignore-scripts --no-audit --no-fund`;

/**
 * Installs the packages of `rivals/` as its lock file names them, unless they are
 * there: they are heavy, and nothing but this benchmark wants them.
 * @returns undefined, or why they cannot be had.
 */
export async function installRivals(
  onProgress: (line: string) => void,
): Promise<string | undefined> {
  if (await isInstalled()) return undefined;
  onProgress(`Installing the other gateways, once: ${command}`);
  const [npm = "npm", ...words] = command.split(" ");
  try {
    await promisify(execFile)(npm, words, { cwd: root });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** npm leaves its own copy of the lock file when it is done. */
async function isInstalled(): Promise<boolean> {
  const [locked, installed] = await Promise.all(
    ["package-lock.json", "node_modules/.package-lock.json"].map((file) =>
      stat(join(root, folder, file)).catch(() => undefined),
    ),
  );
  return (installed?.mtimeMs ?? 0) >= (locked?.mtimeMs ?? Infinity);
}
