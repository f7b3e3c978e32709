import { fileURLToPath } from "node:url";
import { ConfigError, environment, readConfig } from "@hr/service";
import { z } from "zod";

export type LeaveConfig = ReturnType<typeof readLeaveConfig>;

/** @throws ConfigError naming every missing or malformed variable. */
export function readLeaveConfig(env: NodeJS.ProcessEnv = process.env) {
  const config = readConfig(
    {
      PORT: environment.port(4103),
      HOST: environment.host(),
      NODE_ENV: environment.nodeEnv(),
      DATABASE_URL: environment.databaseUrl(),
      /** Where development keeps its embedded database. */
      DATA_FOLDER: z.string().default(dataFolder),
      GATEWAY_ISSUER: z.string().default("urn:hr:gateway"),
      GATEWAY_JWKS_URI: environment.httpUrl(
        "http://127.0.0.1:4000/.well-known/jwks.json",
      ),
      SEED: z.literal("demo", "give demo, or leave it out").optional(),
      DEMO_TODAY: z.iso
        .date("give a calendar date, such as 2026-03-31")
        .optional(),
    },
    env,
  );
  if (config.NODE_ENV === "production" && config.DATABASE_URL === undefined)
    throw new ConfigError(
      "DATABASE_URL is missing: in production, give a URL such as postgres://user:password@127.0.0.1:5432/leave_db",
    );
  return config;
}

const dataFolder = fileURLToPath(new URL("../../../.data", import.meta.url));
