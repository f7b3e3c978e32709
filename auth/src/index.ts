import { join } from "node:path";
import { openServiceDatabase } from "@hr/database";
import type { Logger, Running } from "@hr/service";
import type { AuthConfig } from "./config.ts";
import { migrations } from "./migrations.ts";
import { refuseInProduction } from "./production.ts";
import { type AuthParts, serveAuth } from "./serve-auth.ts";
import type { AuthTables } from "./tables.ts";

export { readAuthConfig } from "./config.ts";
export type { AuthConfig } from "./config.ts";

/**
 * Starts the authorization server: opens its database, embedded where none is
 * given outside production, migrates it, seeds the personas in development, and listens.
 * @throws ConfigError or DatabaseError with the cure
 */
export async function startAuth(
  config: AuthConfig,
  logger: Logger,
  parts: Pick<AuthParts, "keysEveryMs"> = {},
): Promise<Running> {
  if (config.production && config.databaseUrl === undefined)
    refuseInProduction(config, undefined);
  const database = await openServiceDatabase<AuthTables>({
    service: "auth",
    url: config.databaseUrl,
    dataFolder: join(config.dataFolder, "postgres"),
    migrations,
  });
  try {
    return await serveAuth(config, { ...parts, database, logger });
  } catch (error) {
    await database.close();
    throw error;
  }
}
