import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment, readConfig } from "@hr/service/config";
import { z } from "zod";
import { developmentMark } from "./development-mark.ts";
import { roleScopes } from "./roles.ts";

export type SecretName = (typeof secretNames)[number];

export type AuthConfig = {
  /** Holds what a development start makes: secrets, the embedded database. */
  readonly dataFolder: string;
  readonly port: number;
  readonly host: string;
  readonly production: boolean;
  readonly databaseUrl: string | undefined;
  /** Undefined: `http://localhost:<port>`. */
  readonly issuer: string | undefined;
  readonly apiAudience: string;
  readonly gatewayOrigin: string;
  readonly appOrigin: string;
  readonly partnerOrigin: string;
  /** Days a signing key signs before the next one does; 0: until somebody rotates. */
  readonly keyRotationDays: number;
  /** People of these roles need a passkey beside their password. */
  readonly passkeyRoles: ReadonlySet<string>;
  /** Outside production those not given are made once; in production they are empty, and refused. */
  readonly secrets: Readonly<Record<SecretName, string>>;
};

export const secretNames = [
  "COOKIE_KEYS",
  "DPOP_NONCE_SECRET",
  "KEY_ENCRYPTION_KEY",
  "PAYROLL_EXPORT_SECRET",
  "DIRECTORY_SYNC_SECRET",
  "CALENDAR_SYNC_SECRET",
  "PARTNER_PORTAL_SECRET",
  "GATEWAY_SECRET",
] as const;

/** In production a client whose secret is not given does not exist. */
export const optionalSecrets: ReadonlySet<SecretName> = new Set([
  "CALENDAR_SYNC_SECRET",
  "PARTNER_PORTAL_SECRET",
  "GATEWAY_SECRET",
]);

/** @throws ConfigError naming every malformed variable at once */
export function readAuthConfig(
  env: NodeJS.ProcessEnv = process.env,
): AuthConfig {
  const read = readConfig(shape, env);
  const production = read.NODE_ENV === "production";
  const given = Object.fromEntries(
    secretNames.map((name) => [name, read[name] ?? ""]),
  ) as Record<SecretName, string>;
  return {
    dataFolder: read.DATA_FOLDER,
    port: read.PORT,
    host: read.HOST,
    production,
    databaseUrl: read.DATABASE_URL,
    issuer: read.ISSUER,
    apiAudience: read.API_AUDIENCE,
    gatewayOrigin: new URL(read.GATEWAY_ORIGIN).origin,
    appOrigin: new URL(read.APP_ORIGIN).origin,
    partnerOrigin: new URL(read.PARTNER_PORTAL_ORIGIN).origin,
    keyRotationDays: read.KEY_ROTATION_DAYS,
    passkeyRoles: read.PASSKEY_REQUIRED_ROLES,
    secrets: production
      ? given
      : { ...given, ...madeSecrets(read.DATA_FOLDER, given) },
  };
}

const shape = {
  PORT: environment.port(4001),
  HOST: environment.host(),
  NODE_ENV: environment.nodeEnv(),
  DATABASE_URL: environment.databaseUrl(),
  DATA_FOLDER: z
    .string()
    .default(join(import.meta.dirname, "../../.data/auth")),
  ISSUER: environment.httpUrl("https://auth.hr.example").optional(),
  API_AUDIENCE: environment
    .httpUrl("https://api.hr.example/graphql")
    .refine((url) => !url.includes("#"), "give a URL without a fragment")
    .default("http://localhost:4000/graphql"),
  GATEWAY_ORIGIN: environment
    .httpUrl("https://api.hr.example")
    .default("http://localhost:4000"),
  APP_ORIGIN: environment
    .httpUrl("https://hr.example")
    .default("http://localhost:5173"),
  PARTNER_PORTAL_ORIGIN: environment
    .httpUrl("https://partner.example")
    .default("http://localhost:5174"),
  PASSKEY_REQUIRED_ROLES: z
    .string()
    .default("")
    .transform((words): ReadonlySet<string> => new Set(words.match(/\S+/g)))
    .refine(
      (roles) => roles.isSubsetOf(new Set(Object.keys(roleScopes))),
      `give roles with spaces between them, out of ${Object.keys(roleScopes).join(", ")}`,
    ),
  KEY_ROTATION_DAYS: z
    .string()
    .regex(/^\d{1,4}$/, "give a number of days; 0: only by command")
    .transform(Number)
    .default(90),
  COOKIE_KEYS: z.string().optional(),
  DPOP_NONCE_SECRET: z.string().optional(),
  KEY_ENCRYPTION_KEY: z.string().optional(),
  PAYROLL_EXPORT_SECRET: z.string().optional(),
  DIRECTORY_SYNC_SECRET: z.string().optional(),
  CALENDAR_SYNC_SECRET: z.string().optional(),
  PARTNER_PORTAL_SECRET: z.string().optional(),
  GATEWAY_SECRET: z.string().optional(),
};

/** Reads those missing from the folder; makes and keeps the ones that are not there either. */
function madeSecrets(
  folder: string,
  given: Readonly<Record<SecretName, string>>,
): Partial<Record<SecretName, string>> {
  const missing = secretNames.filter((name) => given[name] === "");
  if (missing.length === 0) return {};
  const file = join(folder, "secrets.json");
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>)
    : {};
  const made = Object.fromEntries(
    missing.map((name) => [name, kept[name] ?? makeSecret()]),
  );
  if (missing.every((name) => kept[name] !== undefined)) return made;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ ...kept, ...made }, null, 2);
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  return made;
}

function makeSecret(): string {
  return developmentMark + randomBytes(32).toString("base64url");
}
