import type { Database } from "@hr/database";
import { demoPassword, personas } from "@hr/demo";
import { type Logger, type Route, type Running, serve } from "@hr/service";
import type { AdapterFactory } from "oidc-provider";
import { type Accounts, openAccounts } from "./accounts.ts";
import { type AdapterSettings, sqlAdapter, sweepRecords } from "./adapter.ts";
import { clientsOf } from "./clients.ts";
import type { AuthConfig } from "./config.ts";
import { logEvents } from "./events.ts";
import { interactionRoutes } from "./interactions.ts";
import { openSigningKey } from "./keys.ts";
import { personaIds, seedPersonas } from "./personas.ts";
import { refuseInProduction } from "./production.ts";
import { createProvider } from "./provider.ts";
import { sweepAttempts } from "./sign-in-attempts.repository.ts";
import type { AuthTables } from "./tables.ts";

export type AuthParts = {
  readonly logger: Logger;
  readonly database: Database<AuthTables>;
  /** Another than the SQL adapter, to show what its guards are for. */
  readonly adapter?: (settings: AdapterSettings) => AdapterFactory;
};

const refreshGraceSeconds = 10;
const sweepMs = 60_000;

/**
 * Serves the authorization server from an open database, which it closes in the end.
 * @throws ConfigError if in production anything is set as for development
 */
export async function serveAuth(
  config: AuthConfig,
  parts: AuthParts,
): Promise<Running> {
  const { database, logger } = parts;
  const { query } = database;
  if (config.production) refuseInProduction(config, await personaIds(query));
  else await seedPersonas(query);
  const accounts = await openAccounts(query);
  const sweep = setInterval(() => {
    Promise.all([sweepRecords(query), sweepAttempts(query)]).catch(
      (err: unknown) => logger.error({ err }, "sweep failed"),
    );
  }, sweepMs);
  return serve({
    name: "auth",
    host: config.host,
    port: config.port,
    logger,
    routes: (url) => routesAt(url, config, { ...parts, accounts }),
    dependencies: { database: () => database.ping() },
    onClose: () => {
      clearInterval(sweep);
      return database.close();
    },
  });
}

async function routesAt(
  url: string,
  config: AuthConfig,
  parts: AuthParts & { readonly accounts: Accounts },
): Promise<readonly Route[]> {
  const { accounts, logger, adapter = sqlAdapter } = parts;
  const { query } = parts.database;
  const { secrets, apiAudience: audience } = config;
  const clients = clientsOf({
    explorerOrigins: originsOf(config.gatewayOrigin),
    appOrigin: config.appOrigin,
    payrollExportSecret: secrets.PAYROLL_EXPORT_SECRET,
    directorySyncSecret: secrets.DIRECTORY_SYNC_SECRET,
  });
  const provider = createProvider({
    issuer: config.issuer ?? `http://localhost:${new URL(url).port}`,
    audience,
    clients,
    accounts,
    adapter: adapter({
      database: query,
      logger,
      graceSeconds: refreshGraceSeconds,
    }),
    signingKey: await openSigningKey(query, secrets.KEY_ENCRYPTION_KEY),
    cookieKeys: secrets.COOKIE_KEYS.split(","),
    dpopNonceSecret: secrets.DPOP_NONCE_SECRET,
  });
  logEvents(provider, logger);
  const demo = config.production ? undefined : demoHint;
  return [
    ...interactionRoutes({ provider, accounts, clients, logger, demo }),
    ...protocolRoutes(provider.callback()),
  ];
}

/** The provider reads the raw request, so nothing may stand in front of it. */
function protocolRoutes(handle: Route["handle"]): readonly Route[] {
  return ["/connect/*", "/.well-known/*"].map((path) => ({
    method: "*",
    path,
    handle,
  }));
}

/** In development a gateway on localhost is also reached by its address. */
function originsOf(origin: string): readonly string[] {
  const { protocol, hostname, port } = new URL(origin);
  if (protocol !== "http:" || hostname !== "localhost") return [origin];
  return [origin, `http://127.0.0.1:${port}`];
}

const demoHint = {
  password: demoPassword,
  people: personas.map(({ login, sees }) => ({ login, sees })),
};
