import { ConfigError } from "@hr/service";
import { type AuthConfig, developmentMark, secretNames } from "./config.ts";

const shortestSecret = 32;

/**
 * What a development start forgives and production must not.
 * @throws ConfigError with all faults at once
 */
export function refuseInProduction(
  config: AuthConfig,
  personas: ReadonlySet<string>,
): void {
  const faults = [
    ...addressFaults(config),
    ...secretNames.flatMap((name) => secretFaults(name, config.secrets[name])),
    ...(personas.size > 0
      ? [
          `DATABASE_URL names a database with demo accounts (${[...personas].join(", ")}): use one that was never started in development`,
        ]
      : []),
  ];
  if (faults.length > 0)
    throw new ConfigError(
      `Production is refused.\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
}

function addressFaults(config: AuthConfig): readonly string[] {
  const addresses = {
    ISSUER: config.issuer ?? "",
    API_AUDIENCE: config.apiAudience,
    GATEWAY_ORIGIN: config.gatewayOrigin,
    APP_ORIGIN: config.appOrigin,
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
