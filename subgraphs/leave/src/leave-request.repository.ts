import { type Database, type Reach, withinReach } from "@hr/database";
import { type Kysely, type SqlBool, sql } from "kysely";
import type { Day } from "./dates.ts";
import type { LeaveDay, LeavePeriod } from "./leave-day.ts";
import type { LeaveRequest, LeaveRequestStatus } from "./leave-request.ts";
import { type Page, pageOf, pageOfEach } from "./page.repository.ts";
import type { Tables } from "./tables.ts";

export type LeaveRequestFilter = {
  readonly status?: readonly LeaveRequestStatus[] | null;
  readonly leaveTypeId?: string | null;
  readonly overlapsFrom?: string | null;
  readonly overlapsTo?: string | null;
  readonly employeeId?: string | null;
  readonly updatedSince?: Date | null;
};

export async function findRequests(
  database: Kysely<Tables>,
  ids: readonly string[],
  reach: Reach,
): Promise<readonly LeaveRequest[]> {
  return requests(database)
    .where("leave_request.id", "in", ids)
    .where(withinReach(reach, "employee_id"))
    .execute();
}

export type RequestsAsked = {
  readonly filter: LeaveRequestFilter;
  readonly page: Page;
};

/** Latest start first. */
export function pageRequests(
  database: Database<Tables>,
  { filter, page }: RequestsAsked,
  reach: Reach,
) {
  const rows = matching(database, filter).where(
    withinReach(reach, "employee_id"),
  );
  return pageOf(database, { rows, by: latestFirst, filter }, page);
}

/** The same of each person: whose leave may be read is settled before. */
export function pageRequestsOfEach(
  database: Database<Tables>,
  { filter, page }: RequestsAsked,
) {
  const rows = matching(database, filter).where(
    "employee_id",
    "=",
    sql.ref<string>("owner.id"),
  );
  return pageOfEach(database, { rows, by: latestFirst, filter }, page);
}

/** Whose stamp it looks for, and whether requests without one belong in it. */
export type Inbox = { readonly approver: string; readonly unasked: boolean };

/** L15: what waits for one person's decision, oldest first; `unasked` adds what nobody is asked to decide. */
export function pageApprovals(
  database: Database<Tables>,
  { inbox, page }: { readonly inbox: Inbox; readonly page: Page },
  reach: Reach,
) {
  const rows = requests(database.query)
    .where("status", "=", "PENDING")
    .where(withinReach(reach, "employee_id"))
    .where("employee_id", "<>", inbox.approver)
    .where((eb) =>
      eb.or([
        eb("approver_id", "=", inbox.approver),
        ...(inbox.unasked ? [eb("approver_id", "is", null)] : []),
      ]),
    );
  return pageOf(database, { rows, by: oldestFirst, filter: inbox }, page);
}

/** L12: pending and approved requests of a person that share a half with a period. */
export async function findConflicts(
  database: Kysely<Tables>,
  period: LeavePeriod & { readonly employeeId: string },
): Promise<readonly LeaveRequest[]> {
  return requests(database)
    .where("employee_id", "=", period.employeeId)
    .where("status", "in", ["PENDING", "APPROVED"])
    .where(
      sql<SqlBool>`lower(slots) <= ${slotOf(period.endDate)}
        + ${period.endPortion === "MORNING" ? 0 : 1}::int`,
    )
    .where(
      sql<SqlBool>`upper(slots) > ${slotOf(period.startDate)}
        + ${period.startPortion === "AFTERNOON" ? 1 : 0}::int`,
    )
    .orderBy("starts")
    .execute();
}

export async function findDays(
  database: Kysely<Tables>,
  requestIds: readonly string[],
): Promise<readonly (LeaveDay & { readonly requestId: string })[]> {
  const rows = await database
    .selectFrom("leave_request_day as d")
    .leftJoin("holiday as h", "h.id", "d.holiday_id")
    .where("d.request_id", "in", requestIds)
    .orderBy("d.date")
    .select([
      "d.request_id as requestId",
      "d.date",
      "d.charged",
      "d.reason",
      "h.id",
      "h.calendar_id as calendarId",
      "h.name",
      "h.half_day as halfDay",
    ])
    .execute();
  return rows.map(({ id, calendarId, name, halfDay, ...day }) => ({
    ...day,
    holiday:
      id === null || calendarId === null || name === null || halfDay === null
        ? null
        : { id, calendarId, name, halfDay, date: day.date },
  }));
}

const columns = [
  "leave_request.id",
  "employee_id as employeeId",
  "leave_type_id as leaveTypeId",
  "starts as startDate",
  "start_portion as startPortion",
  "ends as endDate",
  "end_portion as endPortion",
  "days",
  "status",
  "note",
  "approver_id as approverId",
  "decided_by as decidedById",
  "decided_at as decidedAt",
  "decision_note as decisionNote",
  "submitted_at as submittedAt",
  "version",
] as const;

/** The morning of a day, as the table counts halves. */
function slotOf(day: Day) {
  return sql<number>`(${day}::date - DATE '2000-01-01') * 2`;
}

function requests(database: Kysely<Tables>) {
  return database.selectFrom("leave_request").select(columns);
}

function conditionsOf(filter: LeaveRequestFilter) {
  const when = <Value>(
    value: Value | null | undefined,
    condition: (value: Value) => ReturnType<typeof sql<SqlBool>>,
  ) => (value === null || value === undefined ? [] : [condition(value)]);
  return [
    ...when(filter.status, (status) => sql`status = ANY (${status}::text[])`),
    ...when(filter.leaveTypeId, (id) => sql`leave_type_id = ${id}`),
    ...when(filter.overlapsFrom, (day) => sql`ends >= ${day}::date`),
    ...when(filter.overlapsTo, (day) => sql`starts <= ${day}::date`),
    ...when(filter.employeeId, (id) => sql`employee_id = ${id}`),
    ...when(filter.updatedSince, (instant) => sql`updated_at >= ${instant}`),
  ];
}

const latestFirst = [
  { column: "starts", direction: "desc", key: "startDate" },
  { column: "leave_request.id", direction: "desc", key: "id" },
] as const;

const oldestFirst = [
  { column: "submitted_at", direction: "asc", key: "submittedAt" },
  { column: "leave_request.id", direction: "asc", key: "id" },
] as const;

function matching({ query }: Database<Tables>, filter: LeaveRequestFilter) {
  return requests(query).where((eb) => eb.and(conditionsOf(filter)));
}
