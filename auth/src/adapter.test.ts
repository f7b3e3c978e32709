import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { TestDatabase } from "@hr/database/testing";
import { createLogger } from "@hr/service";
import { type Kysely, sql } from "kysely";
import { sqlAdapter, sweepRecords } from "./adapter.ts";
import { createSealer } from "./sealing.ts";
import type { AuthTables } from "./tables.ts";
import { openTestDatabase } from "./testing.ts";

let opened: TestDatabase<AuthTables>;
let database: Kysely<AuthTables>;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.query;
});
afterAll(() => opened.drop());

const quiet = createLogger("auth", { write: () => undefined });

function open(model: string, graceSeconds = 10) {
  const sealer = createSealer("a".repeat(32), "records of a test");
  return sqlAdapter({ database, logger: quiet, sealer, graceSeconds })(model);
}

describe("a record", () => {
  test("is found until it expires, never after", async () => {
    const codes = open("AuthorizationCode");
    await codes.upsert("alive", { jti: "alive", accountId: "usr_ada" }, 30);
    await codes.upsert("expired", { jti: "expired" }, 0);
    expect(await codes.find("alive")).toEqual({
      jti: "alive",
      accountId: "usr_ada",
    });
    expect(await codes.find("expired")).toBeUndefined();
  });

  test("is swept a minute after it expired", async () => {
    const grants = open("Grant");
    for (const [id, seconds] of [
      ["fresh", 30],
      ["just", -59],
      ["long", -61],
    ] as const)
      await grants.upsert(id, { jti: id }, seconds);
    await sweepRecords(database);
    const rows = await database
      .selectFrom("oidc_record")
      .select("id")
      .where("model", "=", "Grant")
      .orderBy("id")
      .execute();
    expect(rows.map(({ id }) => id)).toEqual(["fresh", "just"]);
  });

  test("goes with its grant, and others stay", async () => {
    const codes = open("AuthorizationCode");
    await codes.upsert("mine", { jti: "mine", grantId: "g1" }, 30);
    await codes.upsert("yours", { jti: "yours", grantId: "g2" }, 30);
    await codes.revokeByGrantId("g1");
    expect(await codes.find("mine")).toBeUndefined();
    expect(await codes.find("yours")).toBeDefined();
  });

  test("of a session is found by what others know of it, without the cookie's value", async () => {
    const sessions = open("Session");
    await sessions.upsert(
      "cookie",
      { jti: "cookie", uid: "known", accountId: "usr_ada" },
      30,
    );
    expect(await sessions.findByUid("known")).toEqual({
      uid: "known",
      accountId: "usr_ada",
    });
  });
});

describe("consuming", () => {
  test("a code works once of six times at once, and it is found as consumed", async () => {
    const codes = open("AuthorizationCode");
    await codes.upsert("once", { jti: "once" }, 30);
    const uses = await Promise.allSettled(
      Array.from({ length: 6 }, () => codes.consume("once")),
    );
    expect(uses.filter(({ status }) => status === "fulfilled").length).toBe(1);
    expect(await codes.find("once")).toEqual({ jti: "once", consumed: true });
  });

  test.each([
    ["AuthorizationCode", 10],
    ["RefreshToken", 0],
  ] as const)(
    "%s without grace is refused to a statement that began before the first use and waited for it",
    async (model, graceSeconds) => {
      const records = open(model, graceSeconds);
      await records.upsert("waited", { jti: "waited" }, 30);
      await database
        .updateTable("oidc_record")
        .set({ consumed_at: sql<Date>`now() + interval '1 second'` })
        .where("model", "=", model)
        .execute();
      await expect(records.consume("waited")).rejects.toThrow("invalid_grant");
      expect(await records.find("waited")).toEqual({
        jti: "waited",
        consumed: true,
      });
    },
  );

  test("a refresh token works within its grace only, and not twice where there is none", async () => {
    const tokens = open("RefreshToken");
    const strict = open("RefreshToken", 0);
    await tokens.upsert("again", { jti: "again" }, 30);
    await tokens.consume("again");
    await tokens.consume("again");
    expect(await tokens.find("again")).toEqual({ jti: "again" });
    await expect(strict.consume("again")).rejects.toThrow("invalid_grant");
    await database
      .updateTable("oidc_record")
      .set({ consumed_at: sql<Date>`now() - interval '10 seconds'` })
      .where("model", "=", "RefreshToken")
      .execute();
    await expect(tokens.consume("again")).rejects.toThrow("invalid_grant");
  });
});

test("a proof is taken once of six times at once, and again when it has expired", async () => {
  const proofs = open("ReplayDetection");
  const uses = await Promise.allSettled(
    Array.from({ length: 6 }, () =>
      proofs.upsert("proof", { jti: "proof" }, 60),
    ),
  );
  expect(uses.filter(({ status }) => status === "fulfilled").length).toBe(1);
  await proofs.upsert("stale", { jti: "stale" }, -1);
  await proofs.upsert("stale", { jti: "stale" }, 60);
  await expect(proofs.upsert("stale", { jti: "stale" }, 60)).rejects.toThrow(
    "invalid_grant",
  );
});
