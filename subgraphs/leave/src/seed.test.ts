import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { demoCompany } from "@hr/demo";
import { sql } from "kysely";
import type { TestDatabase } from "@hr/database/testing";
import { demoDatabase, emptyDatabase, now, today } from "./testing.ts";
import { seed } from "./seed.ts";
import type { Tables } from "./tables.ts";

describe("the demo company", () => {
  let database: TestDatabase<Tables>;
  beforeAll(async () => {
    database = await demoDatabase();
  });
  afterAll(() => database.drop());

  test("is written once", async () => {
    expect(await seed(database, demoCompany({ today }), now)).toBe(false);
  });

  test("has twenty requests in every state", async () => {
    const rows = await database.query
      .selectFrom("leave_request")
      .select("status")
      .execute();
    expect(
      Object.keys(Object.groupBy(rows, ({ status }) => status)).sort(),
    ).toEqual(["APPROVED", "CANCELLED", "PENDING", "REJECTED", "WITHDRAWN"]);
    expect(rows).toHaveLength(20);
  });

  test("leaves last year's accounts at zero", async () => {
    const { rows } = await sql<{ sum: number }>`
      SELECT sum(amount)::int AS sum FROM leave_ledger
      WHERE effective_on < '2026-01-01' GROUP BY employee_id, leave_type_id
      HAVING sum(amount) <> 0`.execute(database.query);
    expect(rows).toEqual([]);
  });
});

test.each([
  "2026-01-02",
  "2024-02-29",
  "2026-12-23",
  "2026-12-31",
  "2027-03-31",
])("the demo company can be dated %s", async (day) => {
  const database = await emptyDatabase();
  try {
    const written = await seed(
      database,
      demoCompany({ today: day }),
      new Date(`${day}T12:00:00Z`),
    );
    expect(written).toBe(true);
  } finally {
    await database.drop();
  }
});
