import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { demoCompany } from "@hr/demo";
import { sql } from "kysely";
import type { TestDatabase } from "@hr/database/testing";
import { demoDatabase, emptyDatabase, now, today } from "./testing.ts";
import { addDays } from "./dates.ts";
import { type LeavePeriod, chargeOf } from "./leave-day.ts";
import { holidaysOf } from "./seed-holidays.ts";
import { requestsOf } from "./seed-requests.ts";
import { rostersOf } from "./seed-rosters.ts";
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

test("the demo company can be dated any day: nobody's requests share a half or cost nothing", () => {
  for (let day = "2026-01-01"; day < "2028-03-01"; day = addDays(day, 73)) {
    const company = demoCompany({ today: day });
    const requests = requestsOf(
      company,
      rostersOf(company, holidaysOf(company)),
    );
    expect(
      requests.filter(({ breakdown }) => chargeOf(breakdown) === 0),
    ).toEqual([]);
    const halves = requests
      .filter(({ status }) => status === "PENDING" || status === "APPROVED")
      .flatMap((request) =>
        request.breakdown.flatMap(({ date }) =>
          (["MORNING", "AFTERNOON"] as const)
            .filter((half) => isAsked(request, date, half))
            .map((half) => `${request.employeeId} ${date} ${half}`),
        ),
      );
    expect(halves).toHaveLength(new Set(halves).size);
  }
});

function isAsked(
  request: LeavePeriod,
  date: string,
  half: "MORNING" | "AFTERNOON",
): boolean {
  const { startDate, startPortion, endDate, endPortion } = request;
  return (
    (date !== startDate || startPortion === "FULL" || startPortion === half) &&
    (date !== endDate || endPortion === "FULL" || endPortion === half)
  );
}

test.each(["2024-02-29", "2026-12-31"])(
  "the demo company can be dated %s",
  async (day) => {
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
  },
);
