import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { TestDatabase } from "@hr/database/testing";
import { type JWK, calculateJwkThumbprint } from "jose";
import { type Kysely, sql } from "kysely";
import {
  type SigningKeys,
  createSigningKeys,
  listSigningKeys,
} from "./keys.ts";
import type { AuthTables } from "./tables.ts";
import { openTestDatabase } from "./testing.ts";

let opened: TestDatabase<AuthTables>;
let database: Kysely<AuthTables>;
let keys: SigningKeys;
beforeEach(async () => {
  opened = await openTestDatabase();
  database = opened.query;
  keys = createSigningKeys(database, secret);
});
afterEach(() => opened.drop());

const secret = "the key-encryption key of this deployment";
const never = 0;

const kidsOf = (open: readonly JWK[]) => open.map(({ kid }) => kid);
const stages = async () =>
  (await listSigningKeys(database)).map(({ stage }) => stage);

/** As if so much time had gone by since the last step. */
async function age(interval: string): Promise<void> {
  await sql`update signing_key set since = since - ${interval}::interval`.execute(
    database,
  );
}

describe("R7: the first start", () => {
  test("makes an active and a pending key, kept and named by their thumbprints", async () => {
    const made = await keys.open(never);
    expect(await keys.open(never)).toEqual(made);
    expect(await stages()).toEqual(["active", "pending"]);
    for (const key of made) {
      expect(key.kid).toBe(await calculateJwkThumbprint(key));
      expect([key.alg, key.crv, typeof key.d]).toEqual([
        "ES256",
        "P-256",
        "string",
      ]);
    }
  });

  test("of several instances at once makes the keys once", async () => {
    const opened = await Promise.all(
      Array.from({ length: 6 }, () =>
        createSigningKeys(database, secret).open(never),
      ),
    );
    expect(new Set(opened.map((open) => kidsOf(open).join())).size).toBe(1);
    expect(await stages()).toEqual(["active", "pending"]);
  });

  test("makes up for a pending key that is missing", async () => {
    const [active] = await keys.open(never);
    await database
      .deleteFrom("signing_key")
      .where("state", "=", "pending")
      .execute();
    const open = await keys.open(never);
    expect(open).toHaveLength(2);
    expect(open[0]).toEqual(active);
  });
});

describe("R9: a rotation", () => {
  test("within 15 minutes of publication is refused with the time from which it may be", async () => {
    const before = await keys.open(never);
    await age("14 minutes 50 seconds");
    await expect(keys.rotate()).rejects.toThrow(
      /less than 15 minutes.* may be activated from \d{4}-\d\d-\d\dT[\d:.]+Z on/,
    );
    expect(await keys.open(never)).toEqual(before);
  });

  test("after 15 minutes activates the pending key and retires the active one", async () => {
    const before = await keys.open(never);
    await age("15 minutes");
    await keys.rotate();
    const after = await keys.open(never);
    expect(await stages()).toEqual(["active", "pending", "retired"]);
    expect([after[0], after[2]]).toEqual([before[1], before[0]]);
    expect(kidsOf(before)).not.toContain(after[1]?.kid);
  });

  test("is done at once when forced", async () => {
    const before = await keys.open(never);
    await keys.rotate({ force: true });
    expect((await keys.open(never))[0]).toEqual(before[1]);
  });

  test("is one step, however many ask for it at once", async () => {
    await keys.open(never);
    await age("15 minutes");
    const asked = Array.from({ length: 6 }, () =>
      createSigningKeys(database, secret).rotate(),
    );
    const outcomes = await Promise.allSettled(asked);
    const done = outcomes.filter(({ status }) => status === "fulfilled");
    expect(done).toHaveLength(1);
    expect(await stages()).toEqual(["active", "pending", "retired"]);
  });

  test("by the schedule is done once, by whichever instance sees it first", async () => {
    const before = await keys.open(90);
    await age("89 days 23 hours 59 minutes");
    expect(await keys.open(90)).toEqual(before);
    await age("1 minute");
    expect(await keys.open(never)).toEqual(before);
    const opened = await Promise.all(
      Array.from({ length: 6 }, () =>
        createSigningKeys(database, secret).open(90),
      ),
    );
    expect(new Set(opened.map((open) => kidsOf(open).join())).size).toBe(1);
    expect(opened[0]?.[0]).toEqual(before[1]);
    expect(await stages()).toEqual(["active", "pending", "retired"]);
  });
});

test("P30: a retired key stays for 24 h, then its row is gone", async () => {
  const [first] = await keys.open(never);
  await keys.rotate({ force: true });
  await age("23 hours 59 minutes");
  expect(kidsOf(await keys.open(never))).toContain(first?.kid);
  await age("1 minute");
  expect(kidsOf(await keys.open(never))).not.toContain(first?.kid);
  expect(await stages()).toEqual(["active", "pending"]);
});

describe("a compromised key", () => {
  test("that is active is replaced at once when forced", async () => {
    const [stolen, next] = await keys.open(never);
    const kid = stolen?.kid ?? "";
    await expect(keys.drop(kid)).rejects.toThrow("15 minutes");
    await keys.drop(kid, { force: true });
    const kept = await keys.open(never);
    expect(kept[0]).toEqual(next);
    expect(kidsOf(kept)).not.toContain(kid);
    expect(await stages()).toEqual(["active", "pending"]);
  });

  test("that has to be one of these is refused by any other name", async () => {
    const before = await keys.open(never);
    await expect(keys.drop("another")).rejects.toThrow("no key of this id");
    expect(await keys.open(never)).toEqual(before);
  });
});

test("the database refuses a second active key, and a second pending one", async () => {
  await keys.open(never);
  for (const state of ["active", "pending"] as const)
    await expect(
      database
        .insertInto("signing_key")
        .values({
          kid: "second",
          algorithm: "ES256",
          state,
          sealed_private_jwk: Buffer.from(""),
        })
        .execute(),
    ).rejects.toThrow(`signing_key_one_${state}`);
});

describe("R5: at rest", () => {
  test("no row holds a private half in clear", async () => {
    await keys.open(never);
    await keys.rotate({ force: true });
    const open = await keys.open(never);
    const rows = await database.selectFrom("signing_key").selectAll().execute();
    expect(rows).toHaveLength(3);
    for (const { sealed_private_jwk, ...row } of rows)
      for (const { d = "" } of open) {
        expect(d).toHaveLength(43);
        expect(sealed_private_jwk.includes(d)).toBe(false);
        expect(sealed_private_jwk.includes(Buffer.from(d, "base64url"))).toBe(
          false,
        );
        expect(JSON.stringify(row)).not.toContain(d);
      }
  });

  test("with another key-encryption key nothing is opened, rotated or made", async () => {
    await keys.open(never);
    await age("100 days");
    const before = await listSigningKeys(database);
    const other = createSigningKeys(database, "another");
    const wrong = /^KEY_ENCRYPTION_KEY is not the one/;
    await expect(other.open(never)).rejects.toThrow(wrong);
    await expect(other.open(90)).rejects.toThrow(wrong);
    await expect(other.rotate({ force: true })).rejects.toThrow(wrong);
    await expect(
      other.drop(before[0]?.kid ?? "", { force: true }),
    ).rejects.toThrow(wrong);
    expect(await listSigningKeys(database)).toEqual(before);
    await keys.rotate();
  });

  test("a row under another's name does not open", async () => {
    await keys.open(never);
    await database
      .updateTable("signing_key")
      .set({ kid: "swapped" })
      .where("state", "=", "active")
      .execute();
    await expect(keys.open(never)).rejects.toThrow(/^KEY_ENCRYPTION_KEY/);
  });
});
