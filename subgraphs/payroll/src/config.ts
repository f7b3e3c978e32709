import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError, environment, readConfig } from "@hr/service";
import { z } from "zod";
import { type IbanKey, ibanKey } from "./iban.ts";

export type PayrollConfig = ReturnType<typeof readPayrollConfig>;

/** @throws ConfigError naming every missing or malformed variable. */
export function readPayrollConfig(env: NodeJS.ProcessEnv = process.env) {
  return readConfig(
    {
      PORT: environment.port(4102),
      HOST: environment.host(),
      NODE_ENV: environment.nodeEnv(),
      DATABASE_URL: environment.databaseUrl(),
      /** Where development keeps what it generates. */
      DATA_FOLDER: z.string().default(dataFolder),
      GATEWAY_ISSUER: z.string().default("urn:hr:gateway"),
      GATEWAY_JWKS_URI: environment.httpUrl(
        "http://127.0.0.1:4000/.well-known/jwks.json",
      ),
      BANK_ACCOUNT_KEY: z
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
 * The key of BANK_ACCOUNT_KEY; in development one that is generated once and kept.
 * @throws ConfigError in production without one.
 */
export async function readIbanKey(config: PayrollConfig): Promise<IbanKey> {
  if (config.BANK_ACCOUNT_KEY !== undefined)
    return ibanKey(decode(config.BANK_ACCOUNT_KEY));
  if (config.NODE_ENV === "production")
    throw new ConfigError(`BANK_ACCOUNT_KEY is missing: ${keyCure}`);
  const path = join(config.DATA_FOLDER, "bank-account-key");
  await mkdir(config.DATA_FOLDER, { recursive: true });
  // Of two processes that start at once, the second keeps what the first wrote.
  await writeFile(path, randomBytes(keyLength).toString("base64"), {
    flag: "wx",
    mode: 0o600,
  }).catch(() => undefined);
  return ibanKey(decode(await readFile(path, "utf8")));
}

const dataFolder = fileURLToPath(
  new URL("../../../.data/payroll", import.meta.url),
);
const keyLength = 32;
const keyCure =
  "give 32 bytes in base64, such as `openssl rand -base64 32` prints";

function decode(text: string): Buffer {
  return Buffer.from(text, "base64");
}
