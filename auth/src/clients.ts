import { createHash, timingSafeEqual } from "node:crypto";
import { allScopes, reachOf } from "@hr/access";
import { ConfigError } from "@hr/service";
import type { ClientMetadata } from "oidc-provider";
import { type Registration, registrations } from "./registry.ts";

/** Who may ask for tokens, and for which scopes at most. */
export type Client = Omit<Registration, "kind"> &
  (
    | {
        /** First party: no consent, and its grants end with the session. */
        readonly kind: "browser";
        readonly redirectUris: readonly string[];
        readonly postLogoutRedirectUris: readonly string[];
        readonly dpop: "required" | "optional";
      }
    | {
        /** Loopback redirects on any port; always asks; survives a logout. */
        readonly kind: "native";
        readonly redirectUris: readonly string[];
      }
    | { readonly kind: "machine"; readonly secret: string }
  );

export type Clients = ReadonlyMap<string, Client>;

export type ClientSettings = {
  /** Origins the explorer is served from. */
  readonly explorerOrigins: readonly string[];
  readonly appOrigin: string;
  readonly payrollExportSecret: string;
  readonly directorySyncSecret: string;
};

/** The clients of this deployment. */
export function clientsOf(settings: ClientSettings): Clients {
  const { explorerOrigins, appOrigin } = settings;
  return checkedClients([
    {
      ...registrations.app,
      redirectUris: [`${appOrigin}/callback`],
      postLogoutRedirectUris: [`${appOrigin}/`],
      dpop: "required",
    },
    {
      ...registrations.explorer,
      redirectUris: explorerOrigins.map((one) => `${one}/explorer/callback`),
      postLogoutRedirectUris: explorerOrigins.map((one) => `${one}/explorer`),
      dpop: "optional",
    },
    {
      ...registrations.commandLine,
      redirectUris: ["http://127.0.0.1/callback", "http://[::1]/callback"],
    },
    { ...registrations.payrollExport, secret: settings.payrollExportSecret },
    { ...registrations.directorySync, secret: settings.directorySyncSecret },
  ]);
}

/**
 * @throws ConfigError naming every client that could be taken for a person, or
 * that holds a scope no machine can use or no schema knows.
 */
export function checkedClients(clients: readonly Client[]): Clients {
  const faults = clients.flatMap(faultsOf);
  if (faults.length > 0)
    throw new ConfigError(`The clients are not usable.\n${faults.join("\n")}`);
  return new Map(clients.map((client) => [client.id, client]));
}

/** In the words of OpenID Connect Dynamic Client Registration. */
export function toMetadata(client: Client): ClientMetadata {
  const common = { client_id: client.id, client_name: client.name };
  if (client.kind === "machine")
    return {
      ...common,
      grant_types: ["client_credentials"],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: "client_secret_basic",
      client_secret: digestOf(client.secret),
    };
  const forPeople = {
    ...common,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code" as const],
    redirect_uris: [...client.redirectUris],
    token_endpoint_auth_method: "none" as const,
  };
  if (client.kind === "native")
    return { ...forPeople, application_type: "native" };
  return {
    ...forPeople,
    application_type: "web",
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    dpop_bound_access_tokens: client.dpop === "required",
  };
}

/** In constant time; what is kept is a digest. */
export function secretMatches(digest: string, presented: string): boolean {
  const given = Buffer.from(digestOf(presented));
  const kept = Buffer.from(digest);
  return given.length === kept.length && timingSafeEqual(given, kept);
}

function digestOf(secret: string): string {
  return `sha256:${createHash("sha256").update(secret).digest("hex")}`;
}

function faultsOf({ id, kind, scopes }: Client): readonly string[] {
  const takenForPerson = id.startsWith("usr_") || id === "anonymous";
  return [
    ...(takenForPerson ? [`  ${id}: could be taken for a person`] : []),
    ...scopes
      .filter((scope) => !allScopes.includes(scope))
      .map((scope) => `  ${id}: no schema knows the scope ${scope}`),
    ...scopes
      .filter((scope) => kind === "machine" && reachOf(scope) !== "everyone")
      .map(
        (scope) => `  ${id}: a machine has neither self nor reports: ${scope}`,
      ),
  ];
}
