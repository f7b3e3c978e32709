import type { Database } from "@hr/database";
import { demoPassword, personas } from "@hr/demo";
import { type Logger, type Route, type Running, serve } from "@hr/service";
import type { JWK } from "jose";
import type { Kysely } from "kysely";
import type { AdapterFactory } from "oidc-provider";
import { type Accounts, openAccounts } from "./accounts.ts";
import { type AdapterSettings, sqlAdapter, sweepRecords } from "./adapter.ts";
import { warnOfJoinedDuties } from "./client-duties.ts";
import { clientsOf, gatewayId } from "./clients.ts";
import type { AuthConfig } from "./config.ts";
import { sweepDenied } from "./denied.repository.ts";
import { denylistRoute } from "./denylist.ts";
import { devicePath } from "./device.ts";
import { logEvents } from "./events.ts";
import { interactionRoutes } from "./interactions.ts";
import {
  type FollowedRoutes,
  followSigningKeys,
} from "./follow-signing-keys.ts";
import { createSigningKeys } from "./keys.ts";
import { openPasskeys } from "./passkeys.ts";
import { personaIds, seedPersonas } from "./personas.ts";
import { refuseInProduction } from "./production.ts";
import { createProvider } from "./provider.ts";
import { createSealer } from "./sealing.ts";
import { sweepAttempts } from "./sign-in-attempts.repository.ts";
import type { AuthTables } from "./tables.ts";

export type AuthParts = {
  readonly logger: Logger;
  readonly database: Database<AuthTables>;
  /** Another than the SQL adapter, to show what its guards are for. */
  readonly adapter?: (settings: AdapterSettings) => AdapterFactory;
  /** How often the signing keys are read again. Default one minute. */
  readonly keysEveryMs?: number;
};

const refreshGraceSeconds = 10;
const sweepMs = 60_000;
const keysMs = 60_000;

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
  else if (isOnThisMachine(config)) await seedPersonas(query);
  else logger.warn("no demo accounts: the issuer is not on this machine");
  const accounts = await openAccounts(query);
  let sweep: NodeJS.Timeout | undefined;
  let followed: FollowedRoutes | undefined;
  return serve({
    name: "auth",
    host: config.host,
    port: config.port,
    logger,
    routes: async (url) => {
      followed = await followSigningKeys({
        keys: createSigningKeys(query, config.secrets.KEY_ENCRYPTION_KEY),
        rotationDays: config.keyRotationDays,
        everyMs: parts.keysEveryMs ?? keysMs,
        logger,
        serveWith: routesAt(url, config, { ...parts, accounts }),
      });
      sweep = sweepRegularly(query, logger);
      return followed.routes;
    },
    dependencies: { database: () => database.ping() },
    onClose: async () => {
      clearInterval(sweep);
      await followed?.close();
      await database.close();
    },
  });
}

function sweepRegularly(
  query: Kysely<AuthTables>,
  logger: Logger,
): NodeJS.Timeout {
  return setInterval(() => {
    Promise.all([
      sweepRecords(query),
      sweepAttempts(query),
      sweepDenied(query),
    ]).catch((err: unknown) => logger.error({ err }, "sweep failed"));
  }, sweepMs);
}

/** The routes for a set of signing keys, of which the first signs. */
function routesAt(
  url: string,
  config: AuthConfig,
  parts: AuthParts & { readonly accounts: Accounts },
): (signingKeys: readonly JWK[]) => readonly Route[] {
  const { accounts, logger, adapter = sqlAdapter } = parts;
  const { query } = parts.database;
  const { secrets, apiAudience: audience } = config;
  const clients = clientsOf({
    explorerOrigins: originsOf(config.gatewayOrigin),
    appOrigin: config.appOrigin,
    partnerOrigin: config.partnerOrigin,
    secrets: {
      "payroll-export": secrets.PAYROLL_EXPORT_SECRET,
      "directory-sync": secrets.DIRECTORY_SYNC_SECRET,
      "calendar-sync": secrets.CALENDAR_SYNC_SECRET,
      "partner-portal": secrets.PARTNER_PORTAL_SECRET,
      [gatewayId]: secrets.GATEWAY_SECRET,
    },
  });
  warnOfJoinedDuties(clients, logger);
  const issuer = config.issuer ?? `http://localhost:${new URL(url).port}`;
  const settings = {
    issuer,
    audience,
    clients,
    accounts,
    database: query,
    adapter: adapter({
      database: query,
      logger,
      sealer: createSealer(secrets.KEY_ENCRYPTION_KEY, "hr auth record"),
      graceSeconds: refreshGraceSeconds,
    }),
    cookieKeys: secrets.COOKIE_KEYS.split(","),
    dpopNonceSecret: secrets.DPOP_NONCE_SECRET,
    passkeyRoles: config.passkeyRoles,
  };
  const forPeople = {
    accounts,
    passkeys: openPasskeys({ database: parts.database, logger, issuer }),
    logger,
    demo: config.production ? undefined : demoHint,
  };
  return (signingKeys) => {
    const provider = createProvider({ ...settings, signingKeys });
    logEvents(provider, logger);
    return [
      denylistRoute({ issuer, database: query, clients }),
      ...interactionRoutes({ provider, ...forPeople }),
      ...protocolRoutes(provider.callback()),
    ];
  };
}

/** Demo accounts, whose password everybody knows, are for nobody else's browser. */
function isOnThisMachine({ issuer }: AuthConfig): boolean {
  const { protocol, hostname } = new URL(issuer ?? "http://localhost");
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return protocol === "http:" && isLoopback;
}

/** The provider reads the raw request, so nothing may stand in front of it. */
function protocolRoutes(handle: Route["handle"]): readonly Route[] {
  const paths = ["/connect/*", "/.well-known/*", devicePath, `${devicePath}/*`];
  return paths.map((path) => ({
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
