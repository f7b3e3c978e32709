import type { ColumnType, Generated } from "kysely";
import type { LedgerKind } from "./leave-balance.ts";
import type { DayPortion, LeaveDay } from "./leave-day.ts";
import type { LeaveRequestStatus } from "./leave-request.ts";
import type { LeavePolicy, LeaveType } from "./leave-type.ts";

/** A `daterange`, read through lower() and upper() and written as text. */
type Range = ColumnType<never, string, string>;

/** The tables of `migrations/`. Dates are ISO text, instants `Date`, days whole hundredths. */
export type Tables = {
  holiday_calendar: {
    id: string;
    name: string;
    country_code: string;
    subdivision_code: string | null;
  };
  holiday: {
    id: string;
    calendar_id: string;
    date: string;
    name: string;
    half_day: boolean;
  };
  location_ref: {
    id: string;
    country_code: string;
    time_zone: string;
    calendar_id: string | null;
  };
  employee_ref: {
    id: string;
    display_name: string;
    status: "PREHIRE" | "ACTIVE" | "ON_LEAVE" | "TERMINATED";
    manager_id: string | null;
    department_id: string;
    location_id: string;
    version: Generated<number>;
  };
  assignment_ref: { employee_id: string; valid: Range; location_id: string };
  reporting: { ancestor_id: string; descendant_id: string; depth: number };
  work_schedule: { employee_id: string; valid: Range; week: number[] };
  leave_type: {
    id: string;
    code: string;
    name: string;
    color: string;
    paid: LeaveType["paid"];
    requires_approval: boolean;
    requires_note: boolean;
    certificate_after_days: number | null;
    allows_half_days: boolean;
    negative_limit: number;
    confidential: boolean;
    active: boolean;
  };
  leave_policy: {
    leave_type_id: string;
    country_code: string;
    entitlement: LeavePolicy["entitlement"];
    annual_days: number;
    carry_over_cap: number | null;
    carry_over_expires: string | null;
    eligible_after_months: Generated<number>;
    notice_days: Generated<number>;
    max_consecutive_days: number | null;
  };
  leave_request: {
    id: Generated<string>;
    employee_id: string;
    leave_type_id: string;
    starts: string;
    start_portion: DayPortion;
    ends: string;
    end_portion: DayPortion;
    days: number;
    status: LeaveRequestStatus;
    note: string | null;
    approver_id: string | null;
    decided_by: string | null;
    decided_at: Date | null;
    decision_note: string | null;
    submitted_by: string;
    submitted_at: Date;
    updated_at: Date;
    version: Generated<number>;
  };
  leave_request_day: {
    request_id: string;
    employee_id: string;
    date: string;
    charged: number;
    reason: LeaveDay["reason"];
    holiday_id: string | null;
  };
  leave_account: { employee_id: string; leave_type_id: string };
  leave_ledger: {
    id: Generated<string>;
    employee_id: string;
    leave_type_id: string;
    kind: LedgerKind;
    amount: number;
    effective_on: string;
    source_key: string;
    request_id: string | null;
    note: string | null;
    created_at: Date;
    created_by: string | null;
  };
  idempotency_key: {
    client_id: string;
    subject: string;
    mutation: string;
    key: string;
    input_hash: string;
    entity_id: string | null;
    created_at: Date;
  };
};
