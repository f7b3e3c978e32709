import { createHash } from "node:crypto";
import type { Logger } from "@hr/service";
import { type Kysely, sql } from "kysely";
import {
  type Adapter,
  type AdapterFactory,
  type AdapterPayload,
  errors,
} from "oidc-provider";
import type { AuthTables } from "./tables.ts";

export type AdapterSettings = {
  readonly database: Kysely<AuthTables>;
  readonly logger: Logger;
  /** For how long after its first use a refresh token works again; 0: never. */
  readonly graceSeconds: number;
};

/** Whoever holds one of these ids holds what it stands for, so only its digest is kept. */
const bearer = new Set(["AuthorizationCode", "RefreshToken", "Session"]);

/**
 * Keeps the provider's records in PostgreSQL, by the database's clock. Expired
 * records are never found; consuming is one statement, so of any number of
 * parallel uses of a code exactly one succeeds; a proof seen before is refused.
 */
export function sqlAdapter(settings: AdapterSettings): AdapterFactory {
  return (model) =>
    ({
      upsert: (id, payload, seconds) =>
        upsert(settings, { model, id }, { payload, seconds }),
      find: (id) => find(settings, { model, id }),
      findByUid: (uid) => findByUid(settings, uid),
      findByUserCode: () => Promise.resolve(undefined),
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

type Name = { readonly model: string; readonly id: string };

async function upsert(
  { database }: AdapterSettings,
  name: Name,
  record: { payload: AdapterPayload; seconds: number | undefined },
): Promise<void> {
  const { payload, seconds = 0 } = record;
  const row = {
    payload: JSON.stringify(withoutSecrets(name.model, payload)),
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
    })
    .onConflict((conflict) => {
      const update = conflict.columns(["model", "id"]).doUpdateSet(row);
      return seenOnce
        ? update.where("oidc_record.expires_at", "<=", sql<Date>`now()`)
        : update;
    })
    .returning("id")
    .executeTakeFirst();
  if (!written) throw new errors.InvalidGrant("the proof was used before");
}

async function find(
  { database, graceSeconds }: AdapterSettings,
  name: Name,
): Promise<AdapterPayload | undefined> {
  const row = await database
    .selectFrom("oidc_record")
    .select(["payload", usable(name.model, graceSeconds).as("usable")])
    .where("model", "=", name.model)
    .where("id", "=", key(name).id)
    .where("expires_at", ">", sql<Date>`now()`)
    .executeTakeFirst();
  if (!row) return undefined;
  const payload = bearer.has(name.model)
    ? { ...row.payload, jti: name.id }
    : row.payload;
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

async function consume(
  { database, logger, graceSeconds }: AdapterSettings,
  name: Name,
): Promise<void> {
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
  if (!row) throw new errors.InvalidGrant(`${name.model} was used before`);
  if (row.uses > 1)
    logger.warn(
      { gid: row.grant_id, uses: row.uses },
      "refresh token used again within its grace",
    );
}

async function destroy({ database }: AdapterSettings, name: Name) {
  await database
    .deleteFrom("oidc_record")
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

/** An interaction repeats the id of the session it belongs to; nothing reads it back. */
function withoutSecrets(model: string, payload: AdapterPayload) {
  const { jti, session, ...rest } = payload;
  return {
    ...rest,
    ...(!bearer.has(model) && { jti }),
    ...(session && { session: { ...session, cookie: undefined } }),
  };
}
