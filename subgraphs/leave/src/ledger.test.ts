import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { TestDatabase } from "@hr/database/testing";
import { sql } from "kysely";
import { type Booking, book } from "./leave-balance.repository.ts";
import { demoDatabase, now } from "./testing.ts";
import type { Tables } from "./tables.ts";

let database: TestDatabase<Tables>;
beforeAll(async () => {
  database = await demoDatabase();
});
afterAll(() => database.drop());

describe("the ledger (L2)", () => {
  test("is append-only, whatever SQL is tried", async () => {
    for (const statement of [
      sql`UPDATE leave_ledger SET amount = amount + 100 WHERE employee_id = 'emp_ada'`,
      sql`DELETE FROM leave_ledger WHERE employee_id = 'emp_ada'`,
      sql`TRUNCATE leave_ledger`,
    ])
      await expect(statement.execute(database.query)).rejects.toThrow(
        "leave_ledger is append-only",
      );
  });

  test("takes a booking once, however often a job runs", async () => {
    const bonus: Booking = {
      ...{ employeeId: "emp_ada", leaveTypeId: "lvt_annual" },
      kind: "ADJUSTMENT",
      ...{ amount: 100, effectiveOn: "2026-05-13" },
      sourceKey: "bonus:2026",
    };
    await book(database.query, [bonus], now);
    await book(database.query, [bonus], now);
    const rows = await database.query
      .selectFrom("leave_ledger")
      .where("source_key", "=", "bonus:2026")
      .select("amount")
      .execute();
    expect(rows).toEqual([{ amount: 100 }]);
  });

  test("says what the requests say: bookings and charged days agree for everyone", async () => {
    const { rows } = await sql`
      SELECT r.id FROM leave_request r
      LEFT JOIN (SELECT request_id, sum(amount) AS amount FROM leave_ledger GROUP BY 1) l
        ON l.request_id = r.id
      WHERE (r.status = 'APPROVED' AND -l.amount IS DISTINCT FROM r.days)
        OR (r.status <> 'APPROVED' AND coalesce(l.amount, 0) <> 0)
    `.execute(database.query);
    expect(rows).toEqual([]);
  });
});

test("the database itself refuses a request that is decided by its requester", async () => {
  await expect(
    sql`UPDATE leave_request SET status = 'APPROVED', decided_by = employee_id
      WHERE id = 'lvr_demo_02'`.execute(database.query),
  ).rejects.toThrow("leave_request_never_decided_by_its_requester");
});
