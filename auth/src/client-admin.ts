import { randomBytes } from "node:crypto";
import type { Database } from "@hr/database";
import type { JSONWebKeySet } from "jose";
import type { Transaction } from "kysely";
import { AdminError, demandNone } from "./admin-error.ts";
import {
  type NewClient,
  readKeySet,
  registrationFaults,
} from "./client-registration.ts";
import {
  type ClientRow,
  deleteGrantsTo,
  insertClient,
  listClients,
  lockClient,
  setClientDisabled,
  setProof,
} from "./clients.repository.ts";
import { digestOf, gatewayId } from "./clients.ts";
import { deny } from "./denied.repository.ts";
import { type Registration, registrations } from "./registry.ts";
import { joinedDuties } from "./roles.ts";
import type { AuthTables } from "./tables.ts";

export type { NewClient } from "./client-registration.ts";

export type KnownClient = Omit<Registration, "kind" | "scopes"> & {
  readonly kind: Registration["kind"] | "resource-server";
  readonly scopes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly proof: "secret" | "key" | "none";
  /** Of the deployment's configuration, not of the table. */
  readonly builtIn: boolean;
  readonly disabled: boolean;
};

export type AddedClient = {
  /** Known to nobody afterwards; undefined if it proves itself by a key, or not at all. */
  readonly secret: string | undefined;
  /** Duties it brings together that should be apart. */
  readonly joined: readonly string[];
};

/**
 * What is done to clients beside the running servers, which look each up when it
 * comes.
 */
export type ClientAdmin = {
  /** Those of the configuration first. */
  list(): Promise<readonly KnownClient[]>;
  /** @throws AdminError with all that is wrong, an id that is taken included */
  add(client: NewClient): Promise<AddedClient>;
  /**
   * Replaces what a confidential client proves itself with: by a new secret, or by
   * the public keys given. The old one is worth nothing from then on.
   */
  renew(id: string, jwks?: unknown): Promise<Pick<AddedClient, "secret">>;
  /** Denies a machine's tokens; ends the grants of any other. */
  disable(id: string): Promise<void>;
  enable(id: string): Promise<void>;
};

const deniedAtOnce = 1_000;

export function clientAdmin(
  database: Pick<Database<AuthTables>, "query" | "transaction">,
): ClientAdmin {
  const change = (id: string, work: Change) =>
    database.transaction(async (transaction) => {
      const row = await lockClient(transaction, id);
      if (!row) throw notInTable(id);
      await work(transaction, row);
    });
  return {
    list: async () => [
      ...builtIn,
      ...(await listClients(database.query)).map(known),
    ],
    add: (client) => add(database, client),
    async renew(id, jwks) {
      const { keySet, faults } = await readKeySet(jwks);
      demandNone("The keys are refused.", faults);
      const { secret, ...proof } = makeProof(keySet);
      await change(id, async (transaction, { kind }) => {
        if (!isConfidential(kind))
          throw new AdminError(`${id} is a ${kind} client and has no secret.`);
        await setProof(transaction, { id, ...proof });
      });
      return { secret };
    },
    disable: (id) =>
      change(id, async (transaction, { kind }) => {
        await setClientDisabled(transaction, { id, disabled: true });
        await endTokens(transaction, { id, kind });
      }),
    enable: (id) =>
      change(id, (transaction) =>
        setClientDisabled(transaction, { id, disabled: false }),
      ),
  };
}

type Change = (
  transaction: Transaction<AuthTables>,
  row: ClientRow,
) => Promise<void>;

async function add(
  { query }: Pick<Database<AuthTables>, "query">,
  client: NewClient,
): Promise<AddedClient> {
  const { id, kind, scopes } = client;
  const { keySet, faults } = await readKeySet(client.jwks);
  demandNone(`The client ${id} is refused.`, [
    ...registrationFaults(client),
    ...faults,
    ...(builtIn.some((one) => one.id === id)
      ? ["a client of the configuration has this id"]
      : []),
  ]);
  const confidential = isConfidential(kind);
  const { secret, ...proof } = confidential ? makeProof(keySet) : noProof;
  const added = await insertClient(query, {
    id,
    name: client.name.trim(),
    kind,
    scopes,
    redirect_uris: client.redirectUris ?? [],
    post_logout_redirect_uris: client.postLogoutRedirectUris ?? [],
    pushed_requests_only: client.pushedRequestsOnly ?? false,
    ...proof,
  });
  if (!added) throw new AdminError(`There is a client ${id} already.`);
  return { secret, joined: confidential ? joinedDuties(scopes) : [] };
}

async function endTokens(
  transaction: Transaction<AuthTables>,
  { id, kind }: Pick<ClientRow, "id" | "kind">,
): Promise<void> {
  if (kind === "machine")
    return deny(transaction, [{ kind: "sub", value: id }]);
  const grants = await deleteGrantsTo(transaction, id);
  for (let at = 0; at < grants.length; at += deniedAtOnce)
    await deny(
      transaction,
      grants
        .slice(at, at + deniedAtOnce)
        .map((value) => ({ kind: "gid", value })),
    );
}

const noProof = { secret: undefined, secret_digest: null, jwks: null };

function makeProof(keySet: JSONWebKeySet | undefined) {
  if (keySet) return { ...noProof, jwks: keySet };
  const secret = randomBytes(32).toString("base64url");
  return { secret, secret_digest: digestOf(secret), jwks: null };
}

function isConfidential(kind: KnownClient["kind"]): boolean {
  return kind !== "browser" && kind !== "native";
}

const builtIn: readonly KnownClient[] = [
  ...Object.values<Registration>(registrations),
  {
    id: gatewayId,
    name: "Gateway",
    kind: "resource-server" as const,
    scopes: [],
  },
].map((one) => ({
  ...one,
  redirectUris: [],
  proof: isConfidential(one.kind) ? "secret" : "none",
  builtIn: true,
  disabled: false,
}));

function known(row: ClientRow): KnownClient {
  const { id, name, kind, scopes, redirect_uris: redirectUris } = row;
  const secretOrNone = row.secret_digest === null ? "none" : "secret";
  return {
    ...{ id, name, kind, scopes, redirectUris },
    proof: row.jwks === null ? secretOrNone : "key",
    builtIn: false,
    disabled: row.disabled_at !== null,
  };
}

function notInTable(id: string): AdminError {
  const client = builtIn.find((one) => one.id === id);
  if (!client) return new AdminError(`There is no client ${id}.`);
  const variable = `${id.toUpperCase().replaceAll("-", "_")}_SECRET`;
  return new AdminError(
    isConfidential(client.kind)
      ? `${id} is a client of the configuration: change ${variable} and start auth again; without it there is no such client.`
      : `${id} is a client of the configuration and has no secret.`,
  );
}
