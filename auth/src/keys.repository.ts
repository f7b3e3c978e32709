import type { Kysely } from "kysely";
import type { AuthTables } from "./tables.ts";

export type SealedKey = {
  readonly kid: string;
  readonly algorithm: string;
  readonly sealedPrivateJwk: Buffer;
};

export async function findActiveKey(
  database: Kysely<AuthTables>,
  algorithm: string,
): Promise<SealedKey | undefined> {
  return database
    .selectFrom("signing_key")
    .select(["kid", "algorithm", "sealed_private_jwk as sealedPrivateJwk"])
    .where("algorithm", "=", algorithm)
    .where("state", "=", "active")
    .executeTakeFirst();
}

/** Does nothing if another instance was first. */
export async function insertActiveKey(
  database: Kysely<AuthTables>,
  { kid, algorithm, sealedPrivateJwk }: SealedKey,
): Promise<void> {
  await database
    .insertInto("signing_key")
    .values({
      kid,
      algorithm,
      state: "active",
      sealed_private_jwk: sealedPrivateJwk,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
