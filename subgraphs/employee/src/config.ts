import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError, environment, readConfig } from "@hr/service";
import { z } from "zod";
import { type NationalIdKey, nationalIdKey } from "./national-id.ts";

export type EmployeeConfig = ReturnType<typeof readEmployeeConfig>;

/** @throws ConfigError naming every missing or malformed variable. */
export function readEmployeeConfig(env: NodeJS.ProcessEnv = process.env) {
  return readConfig(
    {
      PORT: environment.port(4101),
      HOST: environment.host(),
      NODE_ENV: environment.nodeEnv(),
      DATABASE_URL: environment.databaseUrl(),
      /** Where development keeps what it generates. */
      DATA_FOLDER: z.string().default(dataFolder),
      GATEWAY_ISSUER: z.string().default("urn:hr:gateway"),
      GATEWAY_JWKS_URI: environment.httpUrl(
        "http://127.0.0.1:4000/.well-known/jwks.json",
      ),
      NATIONAL_ID_KEY: z
        .string()
        .refine((text) => decode(text).length === keyLength, keyCure)
        .optional(),
      SEED: z.literal("demo", "give demo, or leave it out").optional(),
      DEMO_TODAY: z.iso
        .date("give a calendar date, such as 2026-03-31")
        .optional(),
    },
    env,
  );
}

/**
 * The key of NATIONAL_ID_KEY; in development one that is generated once and kept.
 * @throws ConfigError in production without one.
 */
export async function readNationalIdKey(
  config: EmployeeConfig,
): Promise<NationalIdKey> {
  if (config.NATIONAL_ID_KEY !== undefined)
    return nationalIdKey(decode(config.NATIONAL_ID_KEY));
  if (config.NODE_ENV === "production")
    throw new ConfigError(`NATIONAL_ID_KEY is missing: ${keyCure}`);
  await mkdir(config.DATA_FOLDER, { recursive: true });
  const path = join(config.DATA_FOLDER, "national-id-key");
  return nationalIdKey(decode(await readKept(path)));
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

const dataFolder = fileURLToPath(new URL("../../../.data", import.meta.url));
const keyLength = 32;
const keyCure =
  "give 32 bytes in base64, such as `openssl rand -base64 32` prints";

function decode(text: string): Buffer {
  return Buffer.from(text, "base64");
}
