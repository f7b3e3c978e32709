import type { Database } from "@hr/database";
import type { DemoCompany, DemoEmployee } from "@hr/demo";
import type { Insertable, Transaction } from "kysely";
import { range } from "./dates.ts";
import type { Holiday } from "./holiday.ts";
import { book } from "./leave-balance.repository.ts";
import { chargeOf } from "./leave-day.ts";
import type { LeaveType } from "./leave-type.ts";
import type { Roster } from "./roster.ts";
import { calendarIdOf, calendarsOf, holidaysOf } from "./seed-holidays.ts";
import { ledgerOf } from "./seed-ledger.ts";
import { type SeededRequest, requestsOf } from "./seed-requests.ts";
import { assignmentsOf, rostersOf } from "./seed-rosters.ts";
import { type SeededPolicy, policiesOn, seededTypes } from "./seed-types.ts";
import type { Tables } from "./tables.ts";

type Rows = {
  readonly [Table in keyof Tables]?: readonly Insertable<Tables[Table]>[];
};

/**
 * Fills an empty database with the leave of the demo company, in one transaction;
 * a database that knows people is left alone.
 * @returns whether anything was written.
 */
export function seed(
  database: Database<Tables>,
  company: DemoCompany,
  now: Date,
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const known = transaction.selectFrom("employee_ref").select("id").limit(1);
    if (await known.executeTakeFirst()) return false;
    const holidays = holidaysOf(company);
    const rosters = rostersOf(company, holidays);
    const policies = policiesOn(company.today);
    const requests = requestsOf(company, rosters);
    await insert(transaction, calendarRows(company, holidays));
    await insert(transaction, peopleRows(company, rosters));
    await insert(transaction, typeRows(policies));
    await insert(transaction, requestRows(requests, now));
    const ledger = ledgerOf(company, rosters, requests, policies);
    for (let start = 0; start < ledger.length; start += batch)
      await book(transaction, ledger.slice(start, start + batch), now);
    return true;
  });
}

/** Below what one statement may carry of parameters, whatever the table. */
const batch = 1_000;

async function insert(
  transaction: Transaction<Tables>,
  rows: Rows,
): Promise<void> {
  for (const [table, values] of Object.entries(rows))
    for (let start = 0; start < values.length; start += batch)
      await transaction
        .insertInto(table as keyof Tables)
        .values(values.slice(start, start + batch))
        .execute();
}

function calendarRows(
  company: DemoCompany,
  holidays: readonly Holiday[],
): Rows {
  return {
    holiday_calendar: calendarsOf(company).map((one) => ({
      id: one.id,
      name: one.name,
      country_code: one.countryCode,
      subdivision_code: one.subdivisionCode,
    })),
    holiday: holidays.map((one) => ({
      id: one.id,
      calendar_id: one.calendarId,
      date: one.date,
      name: one.name,
      half_day: one.halfDay,
    })),
    location_ref: company.locations.map((one) => ({
      id: one.id,
      country_code: one.countryCode,
      time_zone: one.timeZone,
      calendar_id: calendarIdOf(one.subdivisionCode),
    })),
  };
}

/** The replica of the employee service, as its first events would leave it. */
function peopleRows(
  company: DemoCompany,
  rosters: ReadonlyMap<string, Roster>,
): Rows {
  return {
    employee_ref: company.employees.map(({ id, current, ...one }) => ({
      id,
      display_name: one.displayName,
      status: one.status,
      manager_id: current.managerId,
      department_id: current.departmentId,
      location_id: current.locationId,
    })),
    assignment_ref: company.employees.flatMap((person) =>
      assignmentsOf(person).map((one) => ({
        employee_id: person.id,
        valid: range({ from: one.effectiveFrom, to: one.effectiveTo }),
        location_id: one.locationId,
      })),
    ),
    work_schedule: [...rosters].flatMap(([employee_id, { schedules }]) =>
      schedules.map((one) => ({
        employee_id,
        valid: range(one),
        week: [...one.week],
      })),
    ),
    reporting: company.employees
      .filter(({ status }) => status !== "TERMINATED")
      .flatMap((one) => lineAbove(company, one)),
  };
}

/** The person at depth 0 and everyone above; leavers stand in no line. */
function lineAbove(company: DemoCompany, below: DemoEmployee) {
  const line: Insertable<Tables["reporting"]>[] = [];
  let one: DemoEmployee | undefined = below;
  for (let depth = 0; one; depth++) {
    line.push({ ancestor_id: one.id, descendant_id: below.id, depth });
    const manager: string | null = one.current.managerId;
    one = company.employees.find(({ id }) => id === manager);
  }
  return line;
}

function typeRows(policies: readonly SeededPolicy[]): Rows {
  return {
    leave_type: seededTypes.map((one: LeaveType) => ({
      id: one.id,
      code: one.code,
      name: one.name,
      color: one.color,
      paid: one.paid,
      requires_approval: one.requiresApproval,
      requires_note: one.requiresNote,
      certificate_after_days: one.certificateAfterDays,
      allows_half_days: one.allowsHalfDays,
      negative_limit: one.negativeLimit,
      confidential: one.confidential,
      active: one.active,
    })),
    leave_policy: policies.map((one) => ({
      leave_type_id: one.leaveTypeId,
      country_code: one.countryCode,
      entitlement: one.entitlement,
      annual_days: one.annualDays,
      carry_over_cap: one.carryOverCap,
      carry_over_expires: one.carryOverExpires,
      eligible_after_months: one.eligibleAfterMonths,
      notice_days: one.noticeDays,
      max_consecutive_days: one.maxConsecutiveDays,
    })),
  };
}

function requestRows(requests: readonly SeededRequest[], now: Date): Rows {
  return {
    leave_request: requests.map((one, index) => ({
      id: one.id,
      employee_id: one.employeeId,
      leave_type_id: one.leaveTypeId,
      starts: one.startDate,
      start_portion: one.startPortion,
      ends: one.endDate,
      end_portion: one.endPortion,
      days: chargeOf(one.breakdown),
      status: one.status,
      note: one.note,
      approver_id: one.approverId,
      decided_by: one.decidedById,
      decided_at: one.decidedById === null ? null : now,
      decision_note: null,
      submitted_by: one.employeeId,
      submitted_at: new Date(now.getTime() - (100 - index) * hour),
      updated_at: now,
      version: one.status === "PENDING" ? 1 : 2,
    })),
    leave_request_day: requests.flatMap((request) =>
      request.breakdown.map((day) => ({
        request_id: request.id,
        employee_id: request.employeeId,
        date: day.date,
        charged: day.charged,
        reason: day.reason,
        holiday_id: day.holiday?.id ?? null,
      })),
    ),
  };
}

const hour = 3_600_000;
