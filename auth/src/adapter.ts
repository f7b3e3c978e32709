import { createHash } from "node:crypto";
import type { Logger } from "@hr/service";
import { type Kysely, sql } from "kysely";
import {
  type Adapter,
  type AdapterFactory,
  type AdapterPayload,
  errors,
} from "oidc-provider";
import { findClientMetadata } from "./clients.repository.ts";
import { deny } from "./denied.repository.ts";
import type { Sealer } from "./sealing.ts";
import type { AuthTables } from "./tables.ts";

export type AdapterSettings = {
  readonly database: Kysely<AuthTables>;
  readonly logger: Logger;
  /** For the ids of secrets that have to come back. */
  readonly sealer: Sealer;
  /** For how long after its first use a refresh token works again; 0: never. */
  readonly graceSeconds: number;
};

/** Whoever holds one of these ids holds what it stands for, so only its digest is kept. */
const bearer = new Set([
  "AccessToken",
  "AuthorizationCode",
  "ClientCredentials",
  "DeviceCode",
  "PushedAuthorizationRequest",
  "RefreshToken",
  "Session",
]);

/**
 * Keeps the provider's records in PostgreSQL, by the database's clock. Expired
 * records are never found; consuming is one statement, so of any number of
 * parallel uses of a code exactly one succeeds; a proof seen before is refused. A
 * grant that ends is denied in the same transaction.
 */
export function sqlAdapter(settings: AdapterSettings): AdapterFactory {
  return (model) =>
    ({
      upsert: (id, payload, seconds) =>
        upsert(settings, { model, id }, { payload, seconds }),
      find: (id) =>
        model === "Client"
          ? findClientMetadata(settings.database, id)
          : find(settings, { model, id }),
      findByUid: (uid) => findByUid(settings, uid),
      findByUserCode: (userCode) => findByUserCode(settings, userCode),
      consume: (id) => consume(settings, { model, id }),
      destroy: (id) => destroy(settings, { model, id }),
      revokeByGrantId: (grantId) => revoke(settings, { model, grantId }),
    }) satisfies Adapter;
}

/** Deletes what expired a minute ago or longer. */
export async function sweepRecords(
  database: Kysely<AuthTables>,
): Promise<void> {
  await database
    .deleteFrom("oidc_record")
    .where("expires_at", "<", sql<Date>`now() - interval '60 seconds'`)
    .execute();
}

/** PostgreSQL's JSON holds every sign but this one. */
const unstorable = "\\u0000";

type Name = { readonly model: string; readonly id: string };

async function upsert(
  { database, sealer }: AdapterSettings,
  name: Name,
  record: { payload: AdapterPayload; seconds: number | undefined },
): Promise<void> {
  const { payload, seconds = 0 } = record;
  const text = JSON.stringify(withoutSecrets(name.model, payload, sealer));
  if (text.includes(unstorable))
    throw new errors.InvalidRequest("a parameter holds a NUL");
  const row = {
    payload: text,
    expires_at: sql<Date>`now() + make_interval(secs => ${seconds})`,
  };
  const seenOnce = name.model === "ReplayDetection";
  const written = await database
    .insertInto("oidc_record")
    .values({
      ...key(name),
      ...row,
      grant_id: payload.grantId ?? null,
      session_uid: name.model === "Session" ? (payload.uid ?? null) : null,
      ...(payload.userCode !== undefined && {
        user_code: sealer.digest(payload.userCode),
        sealed_id: sealer.seal(name.id, name.model),
      }),
    })
    .onConflict((conflict) => {
      const update = conflict.columns(["model", "id"]).doUpdateSet(row);
      if (seenOnce)
        return update.where("oidc_record.expires_at", "<=", sql<Date>`now()`);
      return name.model === "Session"
        ? update.where("oidc_record.consumed_at", "is", sql<null>`null`)
        : update;
    })
    .returning("id")
    .executeTakeFirst();
  if (!written && seenOnce)
    throw new errors.InvalidGrant("the proof was used before");
}

/** What has ended is as good as none, though its row is kept. */
const unseenOnceUsed = new Set(["DeviceCode", "Session"]);

/**
 * A used device code is as good as none: a second poll is a device's impatience, and
 * must not end the grant of the first while its tokens are being made.
 */
async function find(
  { database, sealer, graceSeconds }: AdapterSettings,
  name: Name,
): Promise<AdapterPayload | undefined> {
  const row = await database
    .selectFrom("oidc_record")
    .select(["payload", usable(name.model, graceSeconds).as("usable")])
    .where("model", "=", name.model)
    .where("id", "=", key(name).id)
    .where("expires_at", ">", sql<Date>`now()`)
    .executeTakeFirst();
  if (!row || (!row.usable && unseenOnceUsed.has(name.model))) return undefined;
  const payload = withSecrets(name, row.payload, sealer);
  return row.usable ? payload : { ...payload, consumed: true };
}

async function findByUid(
  { database }: AdapterSettings,
  uid: string,
): Promise<AdapterPayload | undefined> {
  const row = await database
    .selectFrom("oidc_record")
    .select("payload")
    .where("session_uid", "=", uid)
    .where("expires_at", ">", sql<Date>`now()`)
    .orderBy("expires_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.payload;
}

async function findByUserCode(
  { database, sealer, graceSeconds }: AdapterSettings,
  userCode: string,
): Promise<AdapterPayload | undefined> {
  const model = "DeviceCode";
  const row = await database
    .selectFrom("oidc_record")
    .select(["payload", "sealed_id", usable(model, graceSeconds).as("usable")])
    .where("user_code", "=", sealer.digest(userCode))
    .where("expires_at", ">", sql<Date>`now()`)
    .executeTakeFirst();
  if (!row?.sealed_id) return undefined;
  const jti = sealer.unseal(row.sealed_id, model);
  return {
    ...row.payload,
    jti,
    userCode,
    ...(!row.usable && { consumed: true }),
  };
}

async function consume(settings: AdapterSettings, name: Name): Promise<void> {
  const { database, logger, graceSeconds } = settings;
  const row = await database
    .updateTable("oidc_record")
    .set({
      consumed_at: sql<Date>`coalesce(consumed_at, now())`,
      uses: sql<number>`uses + 1`,
    })
    .where("model", "=", name.model)
    .where("id", "=", key(name).id)
    .where("expires_at", ">", sql<Date>`now()`)
    .where(usable(name.model, graceSeconds))
    .returning(["uses", "grant_id"])
    .executeTakeFirst();
  if (!row) return refuseSecondUse(settings, name);
  if (row.uses > 1)
    logger.warn(
      { gid: row.grant_id, uses: row.uses },
      "refresh token used again within its grace",
    );
}

/**
 * Of two who present a code at once one may be a thief, and nobody knows which: the
 * grant ends, as it does when the second comes later.
 */
async function refuseSecondUse(
  settings: AdapterSettings,
  name: Name,
): Promise<never> {
  if (name.model === "AuthorizationCode") {
    const code = await settings.database
      .selectFrom("oidc_record")
      .select("grant_id")
      .where("model", "=", name.model)
      .where("id", "=", key(name).id)
      .executeTakeFirst();
    if (code?.grant_id)
      await destroy(settings, { model: "Grant", id: code.grant_id });
  }
  throw name.model === "PushedAuthorizationRequest"
    ? new errors.InvalidRequestUri("the request was used before")
    : new errors.InvalidGrant(`${name.model} was used before`);
}

/** The tokens of a grant that ends are denied before anybody is told that it has. */
async function destroy({ database }: AdapterSettings, name: Name) {
  if (name.model === "Session") return endSession(database, name);
  await database.transaction().execute(async (transaction) => {
    const gone = await transaction
      .deleteFrom("oidc_record")
      .where("model", "=", name.model)
      .where("id", "=", key(name).id)
      .returning("id")
      .executeTakeFirst();
    if (gone && name.model === "Grant")
      await deny(transaction, [{ kind: "gid", value: name.id }]);
  });
}

/** A request under way writes its session again at its end: the row stays, and refuses that. */
async function endSession(database: Kysely<AuthTables>, name: Name) {
  await database
    .updateTable("oidc_record")
    .set({ payload: "{}", session_uid: null, consumed_at: sql<Date>`now()` })
    .where("model", "=", name.model)
    .where("id", "=", key(name).id)
    .execute();
}

async function revoke(
  { database }: AdapterSettings,
  { model, grantId }: { model: string; grantId: string },
): Promise<void> {
  await database
    .deleteFrom("oidc_record")
    .where("model", "=", model)
    .where("grant_id", "=", grantId)
    .execute();
}

/**
 * Without grace the time of the first use must not be looked at: a statement that
 * waited for that use began before it, and would find it in its own future.
 */
function usable(model: string, graceSeconds: number) {
  if (model !== "RefreshToken" || graceSeconds === 0)
    return sql<boolean>`consumed_at is null`;
  return sql<boolean>`(consumed_at is null or consumed_at > now() - make_interval(secs => ${graceSeconds}))`;
}

function key({ model, id }: Name): Name {
  if (!bearer.has(model)) return { model, id };
  return { model, id: createHash("sha256").update(id).digest("base64url") };
}

/** Ids of other records that an interaction refers to, and has to find again. */
const references = ["deviceCode", "parJti"] as const;

/** An interaction repeats the id of the session it belongs to; nothing reads it back. */
function withoutSecrets(
  model: string,
  payload: AdapterPayload,
  sealer: Sealer,
): object {
  const { jti, session, userCode, ...rest } = payload;
  return {
    ...rest,
    ...(!bearer.has(model) && { jti }),
    ...(session && { session: { ...session, cookie: undefined } }),
    ...eachReference(payload, (id) =>
      sealer.seal(id, model).toString("base64url"),
    ),
  };
}

function withSecrets(
  { model, id }: Name,
  payload: AdapterPayload,
  sealer: Sealer,
): AdapterPayload {
  return {
    ...payload,
    ...(bearer.has(model) && { jti: id }),
    ...eachReference(payload, (sealed) =>
      sealer.unseal(Buffer.from(sealed, "base64url"), model),
    ),
  };
}

function eachReference(
  payload: AdapterPayload,
  change: (value: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    references
      .map((name) => [name, payload[name]] as const)
      .filter(
        (pair): pair is [(typeof references)[number], string] =>
          typeof pair[1] === "string",
      )
      .map(([name, value]) => [name, change(value)]),
  );
}
