import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { ConfigError } from "./config.ts";

const keyLength = 32;
const cure =
  "give 32 bytes in base64, such as `openssl rand -base64 32` prints";

/** A variable that holds a key of 32 bytes in base64. */
export function secretKeyVariable() {
  return z
    .string()
    .refine((text) => decode(text).length === keyLength, cure)
    .optional();
}

/**
 * The key of a variable; outside production, where it is missing, one that is
 * generated once and kept in a file for its owner's eyes.
 * @throws ConfigError in production without the variable.
 */
export async function readSecretKey(options: {
  readonly variable: string;
  readonly value: string | undefined;
  readonly production: boolean;
  readonly file: string;
}): Promise<Buffer> {
  if (options.value !== undefined) return decode(options.value);
  if (options.production)
    throw new ConfigError(`${options.variable} is missing: ${cure}`);
  await mkdir(dirname(options.file), { recursive: true });
  return decode(await readKept(options.file));
}

/** Of two processes that start at once, both take what one of them wrote: a link appears whole or not at all. */
async function readKept(path: string): Promise<string> {
  const known = await readFile(path, "utf8").catch(() => undefined);
  if (known !== undefined) return known;
  const draft = `${path}-${randomUUID()}`;
  const secret = randomBytes(keyLength).toString("base64");
  await writeFile(draft, secret, { mode: 0o600 });
  await link(draft, path).catch(() => undefined);
  await unlink(draft);
  return readFile(path, "utf8");
}

function decode(text: string): Buffer {
  return Buffer.from(text, "base64");
}
