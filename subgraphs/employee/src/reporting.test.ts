import { demoCompany } from "@hr/demo";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { TestDatabase } from "@hr/database/testing";
import { demoDatabase, key, now, today } from "./test-company.ts";
import { bringUpToDate, reportsOf } from "./reporting.repository.ts";
import { seed } from "./seed.ts";
import type { Tables } from "./tables.ts";

let database: TestDatabase<Tables>;
beforeAll(async () => {
  database = await demoDatabase();
});
afterAll(() => database.drop());

const person = (id: string) =>
  database.query
    .selectFrom("person")
    .where("id", "=", id)
    .select(["status", "manager_id as managerId", "version"])
    .executeTakeFirstOrThrow();

const line = async () =>
  database.query
    .selectFrom("reporting")
    .selectAll()
    .orderBy("ancestor_id")
    .orderBy("descendant_id")
    .execute();

describe("the reporting line", () => {
  test("is the closure of today's managers, everyone not terminated below themselves", async () => {
    const { employees } = demoCompany({ today });
    const inLine = employees.filter(({ status }) => status !== "TERMINATED");
    const expected = inLine.flatMap((one) => {
      const chain = [one.id];
      for (let at = one; at.current.managerId !== null;) {
        at = employees.find(({ id }) => id === at.current.managerId)!;
        chain.push(at.id);
      }
      return chain.map((ancestor_id, depth) => ({
        ancestor_id,
        descendant_id: one.id,
        depth,
      }));
    });
    const sorted = (rows: typeof expected) =>
      rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
    expect(sorted(await line())).toEqual(sorted(expected));
  });

  test("tells reports, direct and indirect, from everybody else", async () => {
    const candidates = ["emp_ada", "emp_0010", "emp_mia", "emp_0028"];
    expect(await reportsOf(database.query, "emp_mia", candidates)).toEqual(
      new Set(["emp_ada", "emp_0010"]),
    );
  });
});

describe("bringing people up to date", () => {
  test("changes nothing twice", async () => {
    expect(await bringUpToDate(database, now)).toBe(0);
  });

  test("lets the first of December begin in Tokyo while London has the last of November", async () => {
    expect(await person("emp_0032")).toEqual({
      status: "ACTIVE",
      managerId: "emp_0031",
      version: 1,
    });
    await bringUpToDate(database, new Date("2026-11-30T15:30:00Z"));
    expect(await person("emp_0032")).toMatchObject({
      managerId: "emp_0027",
      version: 2,
    });
    expect(await person("emp_0049")).toMatchObject({ status: "PREHIRE" });
    const above = await reportsOf(database.query, "emp_0031", ["emp_0032"]);
    expect(above).toEqual(new Set());

    await bringUpToDate(database, new Date("2026-12-01T00:30:00Z"));
    expect(await person("emp_0049")).toMatchObject({ status: "ACTIVE" });
  });

  test("takes a leaver out of the line on the day after their last", async () => {
    const below = () => reportsOf(database.query, "emp_0027", ["emp_0036"]);
    await bringUpToDate(database, new Date("2026-12-31T23:30:00Z"));
    expect(await person("emp_0036")).toMatchObject({ status: "ACTIVE" });
    expect(await below()).toEqual(new Set(["emp_0036"]));
    await bringUpToDate(database, new Date("2027-01-01T00:30:00Z"));
    expect(await person("emp_0036")).toMatchObject({ status: "TERMINATED" });
    expect(await below()).toEqual(new Set());
  });
});

describe("the seed", () => {
  test("leaves a database that has people alone", async () => {
    const company = demoCompany({ today, seed: 7 });
    expect(await seed(database, company, { key, now })).toBe(false);
  });

  test("stores national ids encrypted", async () => {
    const rows = await database.query
      .selectFrom("personal_details")
      .select(["national_id", "national_id_key as keyId"])
      .execute();
    expect(rows).toHaveLength(50);
    for (const { national_id, keyId } of rows) {
      expect(keyId).toBe(key.id);
      expect(national_id?.toString("latin1")).not.toMatch(/\d{6}/);
    }
  });
});

describe("the dated rows (E1)", () => {
  test("never overlap", async () => {
    await expect(
      database.query
        .insertInto("job_assignment")
        .values(rowFrom("2026-01-01"))
        .execute(),
    ).rejects.toMatchObject({
      code: "23P01",
      constraint: "job_assignment_no_overlap",
    });
  });

  test("never leave a gap, which shows when the transaction ends", async () => {
    const cut = (until: string, next: string) =>
      database.query.transaction().execute(async (transaction) => {
        await transaction
          .updateTable("job_assignment")
          .set({ valid: `[2023-03-29,${until})` })
          .where("id", "=", "asg_ada_1")
          .execute();
        await transaction
          .insertInto("job_assignment")
          .values(rowFrom(next))
          .execute();
      });
    const start = await database.query
      .selectFrom("person")
      .where("id", "=", "emp_ada")
      .select("hire_date as hireDate")
      .executeTakeFirstOrThrow();
    expect(start.hireDate).toBe("2023-03-29");
    await expect(cut("2026-06-01", "2026-06-02")).rejects.toMatchObject({
      code: "23503",
      constraint: "employment_has_no_gap",
    });
    await expect(cut("2026-06-01", "2026-06-01")).resolves.toBeUndefined();
  });
});

function rowFrom(day: string) {
  return {
    id: `asg_from_${day}`,
    employee_id: "emp_ada",
    valid: `[${day},)`,
    kind: "PROMOTION",
    job_title: "Senior Engineer",
    job_id: null,
    department_id: "dep_platform",
    location_id: "loc_berlin",
    manager_id: "emp_mia",
    weekly_hours_hundredths: 4000,
    note: null,
    created_at: now,
    created_by: null,
  };
}
