import { createHash, timingSafeEqual } from "node:crypto";
import { type Scope, allScopes, reachOf } from "@hr/access";
import { ConfigError } from "@hr/service/config";
import type { JSONWebKeySet } from "jose";
import type { Selectable } from "kysely";
import type { ClientMetadata, Client as OidcClient } from "oidc-provider";
import { type Registration, registrations } from "./registry.ts";
import type { AuthTables } from "./tables.ts";

/** How a confidential client proves itself: by exactly one method. */
export type Proof =
  | { readonly method: "client_secret_basic"; readonly digest: string }
  | { readonly method: "private_key_jwt"; readonly jwks: JSONWebKeySet };

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
    | {
        /** Third party: always asks for consent; survives a logout. */
        readonly kind: "partner";
        readonly redirectUris: readonly string[];
        /** Whether it has to push its authorization requests (RFC 9126). */
        readonly pushedRequestsOnly: boolean;
        readonly proof: Proof;
      }
    | { readonly kind: "machine"; readonly proof: Proof }
    /** Asks about tokens and is never given one. */
    | { readonly kind: "resource-server"; readonly proof: Proof }
  );

export type ClientSettings = {
  /** Origins the explorer is served from. */
  readonly explorerOrigins: readonly string[];
  readonly appOrigin: string;
  readonly partnerOrigin: string;
  /** By client id. A confidential client without one does not exist. */
  readonly secrets: Readonly<Record<string, string>>;
};

/** The gateway: introspects every token, follows the denylist. */
export const gatewayId = "gateway";

/** The clients of this deployment's configuration. */
export function clientsOf(settings: ClientSettings): readonly Client[] {
  const { explorerOrigins, appOrigin, partnerOrigin, secrets } = settings;
  const { app, explorer, commandLine, partnerPortal, ...machines } =
    registrations;
  const proved = <T extends { readonly id: string }>(client: T) => {
    const secret = secrets[client.id];
    const method = "client_secret_basic" as const;
    return secret === undefined || secret === ""
      ? []
      : [{ ...client, proof: { method, digest: digestOf(secret) } }];
  };
  return checkedClients([
    {
      ...app,
      redirectUris: [`${appOrigin}/callback`],
      postLogoutRedirectUris: [`${appOrigin}/`],
      dpop: "required",
    },
    {
      ...explorer,
      redirectUris: explorerOrigins.map((one) => `${one}/explorer/callback`),
      postLogoutRedirectUris: explorerOrigins.map((one) => `${one}/explorer`),
      dpop: "optional",
    },
    {
      ...commandLine,
      redirectUris: ["http://127.0.0.1/callback", "http://[::1]/callback"],
    },
    ...proved({
      ...partnerPortal,
      redirectUris: [`${partnerOrigin}/callback`],
      pushedRequestsOnly: false,
    }),
    ...Object.values(machines).flatMap((machine) => proved(machine)),
    ...proved({
      kind: "resource-server" as const,
      id: gatewayId,
      name: "Gateway",
      scopes: [],
    }),
  ]);
}

/**
 * @throws ConfigError naming every client that could be taken for a person, or
 * that holds a scope no machine can use or no schema knows.
 */
export function checkedClients(clients: readonly Client[]): readonly Client[] {
  const faults = clients.flatMap((client) =>
    faultsOf(client).map((fault) => `  ${client.id}: ${fault}`),
  );
  if (faults.length > 0)
    throw new ConfigError(`The clients are not usable.\n${faults.join("\n")}`);
  return clients;
}

/** What makes a registration unusable, in words; none if it is sound. */
export function faultsOf({ id, kind, scopes }: Registered): readonly string[] {
  const takenForPerson = id.startsWith("usr_") || id === "anonymous";
  return [
    ...(takenForPerson ? ["could be taken for a person"] : []),
    ...scopes
      .filter((scope) => !allScopes.includes(scope))
      .map((scope) => `no schema knows the scope ${scope}`),
    ...scopes
      .filter((scope) => kind === "machine" && reachOf(scope) !== "everyone")
      .map((scope) => `a machine has neither self nor reports: ${scope}`),
  ];
}

/** In the words of OpenID Connect Dynamic Client Registration, with two of our own. */
export function toMetadata(client: Client): ClientMetadata {
  const registered = {
    client_id: client.id,
    client_name: client.name,
    kind: client.kind,
    api_scopes: [...client.scopes],
  };
  if (client.kind === "machine" || client.kind === "resource-server")
    return {
      ...registered,
      ...proofMetadata(client.proof),
      grant_types: client.kind === "machine" ? ["client_credentials"] : [],
      response_types: [],
      redirect_uris: [],
    };
  const forPeople = {
    ...registered,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code" as const],
    redirect_uris: [...client.redirectUris],
    token_endpoint_auth_method: "none" as const,
    application_type: "web" as const,
  };
  if (client.kind === "native")
    return {
      ...forPeople,
      grant_types: [...forPeople.grant_types, deviceGrant],
      application_type: "native",
    };
  if (client.kind === "partner")
    return {
      ...forPeople,
      ...proofMetadata(client.proof),
      require_pushed_authorization_requests: client.pushedRequestsOnly,
    };
  return {
    ...forPeople,
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    dpop_bound_access_tokens: client.dpop === "required",
  };
}

/** The members of a client's metadata that are ours. */
export const ownMetadata = ["kind", "api_scopes"];

export type Registered = {
  readonly id: string;
  readonly name: string;
  readonly kind: Client["kind"];
  readonly scopes: readonly Scope[];
};

/** What the provider knows of a client, in our words. */
export function registeredAs(client: OidcClient): Registered {
  const { kind, api_scopes: scopes } = client as unknown as {
    readonly kind: Client["kind"];
    readonly api_scopes: readonly Scope[];
  };
  const { clientId: id, clientName: name = id } = client;
  return { id, name, kind, scopes };
}

/** A client of the table; a scope the vocabulary has lost is lost to it as well. */
export function clientFrom(row: Selectable<AuthTables["client"]>): Client {
  const known = new Set<string>(allScopes);
  const client = {
    id: row.id,
    name: row.name,
    scopes: row.scopes.filter((scope): scope is Scope => known.has(scope)),
  };
  const redirectUris = row.redirect_uris;
  const { kind } = row;
  if (kind === "native") return { ...client, kind, redirectUris };
  if (kind === "browser")
    return {
      ...client,
      kind,
      redirectUris,
      postLogoutRedirectUris: row.post_logout_redirect_uris,
      dpop: "required",
    };
  const proof = proofFrom(row);
  if (kind === "machine") return { ...client, kind, proof };
  const pushedRequestsOnly = row.pushed_requests_only;
  return { ...client, kind, redirectUris, proof, pushedRequestsOnly };
}

/** In constant time; what is kept is a digest. */
export function secretMatches(digest: string, presented: string): boolean {
  const given = Buffer.from(digestOf(presented));
  const kept = Buffer.from(digest);
  return given.length === kept.length && timingSafeEqual(given, kept);
}

export function digestOf(secret: string): string {
  return `sha256:${createHash("sha256").update(secret).digest("hex")}`;
}

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

function proofMetadata(proof: Proof) {
  if (proof.method === "client_secret_basic")
    return {
      token_endpoint_auth_method: proof.method,
      client_secret: proof.digest,
    };
  return {
    token_endpoint_auth_method: proof.method,
    token_endpoint_auth_signing_alg: "ES256" as const,
    jwks: proof.jwks as NonNullable<ClientMetadata["jwks"]>,
  };
}

/** A row with neither has a secret that nobody knows. */
function proofFrom({
  secret_digest: digest,
  jwks,
}: Selectable<AuthTables["client"]>): Proof {
  return jwks === null
    ? { method: "client_secret_basic", digest: digest ?? "" }
    : { method: "private_key_jwt", jwks };
}
