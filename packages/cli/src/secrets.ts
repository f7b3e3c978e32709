import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseEnv } from "node:util";
import { developmentMark, registrations } from "@hr/auth/registry";

export type Secrets = Readonly<Record<string, string>>;

/** Clients of the auth service that speak for themselves, with a secret of their own. */
export const machineClients: readonly string[] = Object.values(registrations)
  .filter(({ kind }) => kind === "machine")
  .map(({ id }) => id);

/** All that have a secret: also the partner's, and the gateway. */
export const secretClients = [
  ...machineClients,
  registrations.partnerPortal.id,
  "gateway",
];

/** `payroll-export` → `PAYROLL_EXPORT_SECRET`. */
export function secretVariable(client: string): string {
  return `${client.toUpperCase().replaceAll("-", "_")}_SECRET`;
}

/** Secrets in a file of `NAME=value` lines; a file that is not there holds none. */
export async function readSecrets(file: string): Promise<Secrets> {
  return parseEnv(await readText(file)) as Secrets;
}

/** Makes those of the named secrets that the file lacks, for its owner's eyes only and for development; keeps the rest. */
export async function keepSecrets(
  file: string,
  names: readonly string[],
): Promise<Secrets> {
  const text = await readText(file);
  const kept = parseEnv(text) as Secrets;
  const made = names
    .filter((name) => !kept[name])
    .map((name) => [name, makeSecret()] as const);
  if (made.length === 0) return kept;
  const lines = made.map(([name, value]) => `${name}=${value}\n`).join("");
  const apart = text === "" || text.endsWith("\n") ? "" : "\n";
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, apart + lines, { flag: "a", mode: 0o600 });
  return { ...kept, ...Object.fromEntries(made) };
}

function makeSecret(): string {
  return developmentMark + randomBytes(24).toString("base64url");
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
}
