import { z } from "zod";
import { ConfigError, environment } from "./config.ts";
import type { SubgraphPlace } from "./start-subgraph.ts";
import { type StepUp, stepUpVariables } from "./step-up.ts";

/** The variables every subgraph takes, for `readConfig`. */
export function subgraphVariables(own: {
  readonly port: number;
  /** Where development keeps what it generates, its embedded database included. */
  readonly dataFolder: string;
}) {
  return {
    PORT: environment.port(own.port),
    HOST: environment.host(),
    NODE_ENV: environment.nodeEnv(),
    DATABASE_URL: environment.databaseUrl(),
    DATA_FOLDER: z.string().default(own.dataFolder),
    GATEWAY_ISSUER: z.string().default("urn:hr:gateway"),
    GATEWAY_JWKS_URI: environment.httpUrl(
      "http://127.0.0.1:4000/.well-known/jwks.json",
    ),
    STEP_UP_MAX_AGE: stepUpVariables.maxAge.optional(),
    STEP_UP_ACR: stepUpVariables.acr.optional(),
    SEED: z.literal("demo", "give demo, or leave it out").optional(),
    DEMO_TODAY: z.iso
      .date("give a calendar date, such as 2026-03-31")
      .optional(),
  };
}

export type SubgraphConfig = z.output<
  z.ZodObject<ReturnType<typeof subgraphVariables>>
>;

/** @throws ConfigError in production without DATABASE_URL: an embedded database is for development. */
export function demandDatabase<Config extends SubgraphConfig>(
  config: Config,
): Config {
  if (config.NODE_ENV === "production" && config.DATABASE_URL === undefined)
    throw new ConfigError(
      "DATABASE_URL is missing: in production, give a URL such as postgres://user:password@127.0.0.1:5432/database",
    );
  return config;
}

/** @throws ConfigError for a step-up that says how, but not how fresh. */
export function placeOf(
  config: SubgraphConfig,
): Pick<SubgraphPlace, "host" | "port" | "gateway" | "stepUp"> {
  const stepUp = stepUpOf(config);
  return {
    host: config.HOST,
    port: config.PORT,
    gateway: {
      issuer: config.GATEWAY_ISSUER,
      jwksUri: config.GATEWAY_JWKS_URI,
      development: config.NODE_ENV !== "production",
    },
    ...(stepUp && { stepUp }),
  };
}

function stepUpOf({
  STEP_UP_MAX_AGE: maxAge,
  STEP_UP_ACR: acr,
}: SubgraphConfig): StepUp | undefined {
  if (maxAge !== undefined) return { maxAge, acr };
  if (acr === undefined) return undefined;
  throw new ConfigError(
    "STEP_UP_ACR is set without STEP_UP_MAX_AGE: give the age in seconds too, such as 300, or leave both out",
  );
}

/** DEMO_TODAY stops the clock at noon (UTC) of that day: the demo company is dated by it. */
export function clockOf({
  DEMO_TODAY,
}: Pick<SubgraphConfig, "DEMO_TODAY">): () => Date {
  return DEMO_TODAY === undefined
    ? () => new Date()
    : () => new Date(`${DEMO_TODAY}T12:00:00Z`);
}

/** Whether an empty database gets the demo company: in development, or by SEED=demo. */
export function wantsDemo(
  config: Pick<SubgraphConfig, "NODE_ENV" | "SEED">,
): boolean {
  return config.NODE_ENV === "development" || config.SEED === "demo";
}
