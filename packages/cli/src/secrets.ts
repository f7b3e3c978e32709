import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseEnv } from "node:util";

export type Secrets = Readonly<Record<string, string>>;

/** Clients of the auth service that sign in with a secret of their own. */
export const machineClients = ["payroll-export", "directory-sync"] as const;

/** `payroll-export` → `PAYROLL_EXPORT_SECRET`. */
export function secretVariable(client: string): string {
  return `${client.toUpperCase().replaceAll("-", "_")}_SECRET`;
}

/** Secrets in a file of `NAME=value` lines; a file that is not there holds none. */
export async function readSecrets(file: string): Promise<Secrets> {
  return parseEnv(await readText(file)) as Secrets;
}

/** Makes those of the named secrets that the file lacks, for its owner's eyes only; keeps the rest. */
export async function keepSecrets(
  file: string,
  names: readonly string[],
): Promise<Secrets> {
  const text = await readText(file);
  const kept = parseEnv(text) as Secrets;
  const made = names
    .filter((name) => !kept[name])
    .map((name) => [name, randomBytes(24).toString("base64url")] as const);
  if (made.length === 0) return kept;
  const lines = made.map(([name, value]) => `${name}=${value}\n`).join("");
  const apart = text === "" || text.endsWith("\n") ? "" : "\n";
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, apart + lines, { flag: "a", mode: 0o600 });
  return { ...kept, ...Object.fromEntries(made) };
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
}
