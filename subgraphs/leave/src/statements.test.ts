import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { sql } from "kysely";
import { type LeaveUnderTest, hana, startWithDemoCompany } from "./testing.ts";

let leave: LeaveUnderTest;
beforeAll(async () => {
  leave = await startWithDemoCompany();
  await sql`
    INSERT INTO employee_ref (id, display_name, status, department_id, location_id)
      SELECT 'emp_crowd_' || n, 'Crowd ' || n, 'ACTIVE', 'dep_platform', 'loc_berlin'
      FROM generate_series(1, 100) n`.execute(leave.database.query);
  await sql`
    INSERT INTO assignment_ref (employee_id, valid, location_id)
      SELECT 'emp_crowd_' || n, '[2020-01-01,)', 'loc_berlin'
      FROM generate_series(1, 100) n`.execute(leave.database.query);
  await sql`
    INSERT INTO work_schedule (employee_id, valid, week)
      SELECT 'emp_crowd_' || n, '[2020-01-01,)', '{100,100,100,100,100,0,0}'
      FROM generate_series(1, 100) n`.execute(leave.database.query);
});
afterAll(() => leave.close());

const query = `query ($people: [_Any!]!) { _entities(representations: $people) { ... on Employee {
  id leaveBalances { available leaveType { name } } currentAbsence { startDate }
  workSchedule { week holidayCalendar { name } } } } }`;

test("a hundred people cost as many statements as one, and few", async () => {
  const one = await costOf(1);
  const hundred = await costOf(100);
  expect(hundred).toBe(one);
  expect(hundred).toBeLessThanOrEqual(12);
});

async function costOf(count: number): Promise<number> {
  const people = Array.from({ length: count }, (_, index) => ({
    __typename: "Employee",
    id: `emp_crowd_${index + 1}`,
  }));
  leave.database.statements();
  const { data, errors } = await leave.ask(query, hana, { people });
  expect(errors).toBeUndefined();
  const found = (data as { _entities: { leaveBalances: unknown[] }[] })
    ._entities;
  expect(found.map((one) => one.leaveBalances.length)).toEqual(
    people.map(() => 3),
  );
  return leave.database.statements().length;
}
