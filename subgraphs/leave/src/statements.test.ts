import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { sql } from "kysely";
import { type LeaveUnderTest, hana, startWithDemoCompany } from "./testing.ts";

let leave: LeaveUnderTest;
beforeAll(async () => {
  leave = await startWithDemoCompany();
  for (const crowd of [
    sql`INSERT INTO employee_ref (id, display_name, status, department_id, location_id)
      SELECT 'emp_crowd_' || n, 'Crowd ' || n, 'ACTIVE', 'dep_platform', 'loc_berlin'
      FROM generate_series(1, 100) n`,
    sql`INSERT INTO assignment_ref (employee_id, valid, location_id)
      SELECT 'emp_crowd_' || n, '[2020-01-01,)', 'loc_berlin'
      FROM generate_series(1, 100) n`,
    sql`INSERT INTO work_schedule (employee_id, valid, week)
      SELECT 'emp_crowd_' || n, '[2020-01-01,)', '{100,100,100,100,100,0,0}'
      FROM generate_series(1, 100) n`,
    sql`INSERT INTO leave_request (id, employee_id, leave_type_id, starts, start_portion, ends,
        end_portion, days, status, submitted_by, submitted_at, updated_at)
      SELECT 'lvr_crowd_' || n, 'emp_crowd_' || n, 'lvt_annual', '2026-05-13', 'FULL',
        '2026-05-13', 'FULL', 100, 'APPROVED', 'emp_crowd_' || n, now(), now()
      FROM generate_series(1, 100) n`,
    sql`INSERT INTO leave_request_day (request_id, employee_id, date, charged, reason)
      SELECT 'lvr_crowd_' || n, 'emp_crowd_' || n, '2026-05-13', 100, 'WORKING_DAY'
      FROM generate_series(1, 100) n`,
    sql`INSERT INTO leave_ledger (employee_id, leave_type_id, kind, amount, effective_on,
        source_key, request_id, created_at)
      SELECT 'emp_crowd_' || n, 'lvt_annual', 'USAGE', -100, '2026-05-13',
        'usage', 'lvr_crowd_' || n, now()
      FROM generate_series(1, 100) n`,
  ])
    await crowd.execute(leave.database.query);
});
afterAll(() => leave.close());

const query = `query ($people: [_Any!]!) { _entities(representations: $people) { ... on Employee {
  id leaveBalances { available taken leaveType { name } } currentAbsence { startDate }
  leaveRequests(first: 2) { totalCount nodes { breakdown { date } leaveType { name } } }
  leaveLedger(leaveTypeId: "lvt_annual") { totalCount nodes { balanceAfter request { days } } }
  workSchedule { week holidayCalendar { name } } } } }`;

test("a hundred people cost as many statements as one, and few", async () => {
  const one = await costOf(1);
  const hundred = await costOf(100);
  expect(hundred).toBe(one);
  expect(hundred).toBeLessThanOrEqual(18);
});

async function costOf(count: number): Promise<number> {
  const people = Array.from({ length: count }, (_, index) => ({
    __typename: "Employee",
    id: `emp_crowd_${index + 1}`,
  }));
  leave.database.statements();
  const { data, errors } = await leave.ask(query, hana, { people });
  const cost = leave.database.statements().length;
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    _entities: people.map(({ id }) => ({
      id,
      leaveBalances: expect.arrayContaining([
        // 25 days, less the one that is taken today.
        { available: 24, taken: 1, leaveType: { name: "Annual leave" } },
      ]),
      currentAbsence: { startDate: "2026-05-13" },
      leaveRequests: {
        totalCount: 1,
        nodes: [
          {
            breakdown: [{ date: "2026-05-13" }],
            leaveType: { name: "Annual leave" },
          },
        ],
      },
      leaveLedger: {
        totalCount: 1,
        nodes: [{ balanceAfter: -1, request: { days: 1 } }],
      },
      workSchedule: {
        week: [1, 1, 1, 1, 1, 0, 0],
        holidayCalendar: { name: "Public holidays, Berlin" },
      },
    })),
  });
  return cost;
}
