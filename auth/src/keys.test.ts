import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { TestDatabase } from "@hr/database/testing";
import { calculateJwkThumbprint } from "jose";
import type { Kysely } from "kysely";
import { openSigningKey } from "./keys.ts";
import type { AuthTables } from "./tables.ts";
import { openTestDatabase } from "./testing.ts";

let opened: TestDatabase<AuthTables>;
let database: Kysely<AuthTables>;
beforeEach(async () => {
  opened = await openTestDatabase();
  database = opened.query;
});
afterEach(() => opened.drop());

const secret = "the key-encryption key of this deployment";

test("a key is made at the first start, kept, and named by its thumbprint", async () => {
  const made = await openSigningKey(database, secret);
  const kept = await openSigningKey(database, secret);
  expect(kept).toEqual(made);
  expect(made.kid).toBe(await calculateJwkThumbprint(made));
  expect([made.alg, made.crv, typeof made.d]).toEqual([
    "ES256",
    "P-256",
    "string",
  ]);
});

test("of instances that start at once, one makes the key and all use it", async () => {
  const keys = await Promise.all(
    Array.from({ length: 4 }, () => openSigningKey(database, secret)),
  );
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
});

test("another key-encryption key is refused by name, and so is a row that was tampered with", async () => {
  await openSigningKey(database, secret);
  await expect(openSigningKey(database, "another")).rejects.toThrow(
    /^KEY_ENCRYPTION_KEY is not the one/,
  );
  await database.updateTable("signing_key").set({ kid: "swapped" }).execute();
  await expect(openSigningKey(database, secret)).rejects.toThrow(
    /^KEY_ENCRYPTION_KEY is not the one/,
  );
});
