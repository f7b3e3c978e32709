import { environment, readConfig } from "@hr/service";
import { z } from "zod";

export type EmployeeConfig = ReturnType<typeof readEmployeeConfig>;

/** @throws ConfigError naming every missing or malformed variable. */
export function readEmployeeConfig(env: NodeJS.ProcessEnv = process.env) {
  return readConfig(
    {
      PORT: environment.port(4101),
      HOST: environment.host(),
      NODE_ENV: environment.nodeEnv(),
      DATABASE_URL: environment.databaseUrl(),
      GATEWAY_ISSUER: z.string().default("urn:hr:gateway"),
      GATEWAY_JWKS_URI: environment.httpUrl(
        "http://127.0.0.1:4000/.well-known/jwks.json",
      ),
      NATIONAL_ID_KEY: z
        .base64("give 32 bytes in base64")
        .refine(
          (text) => Buffer.from(text, "base64").length === 32,
          "give 32 bytes in base64, such as `openssl rand -base64 32` prints",
        )
        .optional(),
      SEED: z
        .literal("demo", "give demo, or leave it out")
        .optional(),
      DEMO_TODAY: z.iso
        .date("give a calendar date, such as 2026-03-31")
        .optional(),
    },
    env,
  );
}
