import { ConfigError } from "@hr/service/config";
import { type AuthConfig, optionalSecrets, secretNames } from "./config.ts";
import { developmentMark } from "./development-mark.ts";

const shortestSecret = 32;

/**
 * What a development start forgives and production must not.
 * @param personas the demo accounts of the database; undefined: there is none
 * @throws ConfigError with all faults at once
 */
export function refuseInProduction(
  config: AuthConfig,
  personas: ReadonlySet<string> | undefined,
): void {
  const faults = [
    ...addressFaults(config),
    ...secretNames
      .filter((name) => config.secrets[name] || !optionalSecrets.has(name))
      .flatMap((name) => secretFaults(name, config.secrets[name])),
    ...databaseFaults(personas),
  ];
  if (faults.length > 0)
    throw new ConfigError(
      `Production is refused.\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
}

function addressFaults(config: AuthConfig): readonly string[] {
  const { PARTNER_PORTAL_SECRET } = config.secrets;
  const addresses = {
    ISSUER: config.issuer ?? "",
    API_AUDIENCE: config.apiAudience,
    GATEWAY_ORIGIN: config.gatewayOrigin,
    APP_ORIGIN: config.appOrigin,
    ...(PARTNER_PORTAL_SECRET && {
      PARTNER_PORTAL_ORIGIN: config.partnerOrigin,
    }),
  };
  return Object.entries(addresses)
    .filter(([, url]) => !url.startsWith("https:"))
    .map(([name]) => `${name} must be set to an https URL`);
}

function secretFaults(name: string, value: string): readonly string[] {
  const make = "make one with: openssl rand -base64 32";
  if (value === "") return [`${name} is missing: ${make}`];
  const parts = name === "COOKIE_KEYS" ? value.split(",") : [value];
  if (parts.some((part) => part.includes(developmentMark)))
    return [`${name} was made for development: ${make}`];
  if (parts.some((part) => part.length < shortestSecret))
    return [`${name} is shorter than ${shortestSecret} characters: ${make}`];
  return [];
}

function databaseFaults(
  personas: ReadonlySet<string> | undefined,
): readonly string[] {
  if (!personas)
    return [
      "DATABASE_URL is missing: give a URL such as postgres://user:password@host:5432/auth_db",
    ];
  if (personas.size === 0) return [];
  return [
    `DATABASE_URL names a database with demo accounts (${[...personas].join(", ")}): use one that was never started in development`,
  ];
}
