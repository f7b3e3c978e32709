import type { ColumnType, Generated, Insertable } from "kysely";
import type { CompensationReason, PayUnit } from "./compensation.ts";
import type { PayFrequency } from "./pay-period.ts";
import type { PayRunKind, PayRunStatus } from "./pay-run.ts";
import type { IssueCode, IssueSeverity } from "./pay-run-issue.ts";
import type { PayComponentKind } from "./pay-component.ts";
import type { PayslipStatus } from "./payslip.ts";

/** A `daterange`, read through lower() and upper() and written as text. */
type Range = ColumnType<never, string, string>;

/** The tables of `migrations/`. Dates are ISO text, instants `Date`, money whole minor units. */
export type Tables = {
  legal_entity_ref: { id: string; full_time_hours_hundredths: number };
  employee_ref: {
    id: string;
    employee_number: string;
    display_name: string;
    status: "PREHIRE" | "ACTIVE" | "ON_LEAVE" | "TERMINATED";
    legal_entity_id: string;
    manager_id: string | null;
    time_zone: string;
    version: Generated<number>;
  };
  assignment_ref: {
    employee_id: string;
    valid: Range;
    weekly_hours_hundredths: number;
  };
  reporting: { ancestor_id: string; descendant_id: string; depth: number };
  pay_group: {
    id: string;
    name: string;
    legal_entity_id: string;
    frequency: PayFrequency;
    currency: string;
  };
  pay_component: {
    id: string;
    code: string;
    name: string;
    kind: PayComponentKind;
    taxable: boolean;
    active: boolean;
  };
  compensation: {
    id: string;
    employee_id: string;
    effective: Range;
    effective_from: ColumnType<string, never, never>;
    base_minor: number;
    currency: string;
    per: PayUnit;
    reason: CompensationReason;
    version: Generated<number>;
    created_at: Date;
    created_by: string | null;
  };
  recurring_component: {
    compensation_id: string;
    component_id: string;
    amount_minor: number | null;
    rate_bps: number | null;
  };
  bank_account: {
    id: string;
    employee_id: string;
    holder: string;
    iban: Buffer;
    iban_key: string;
    iban_country: string;
    iban_last_four: string;
    bic: string | null;
    verified_at: Date | null;
    effective_from: Date;
  };
  pay_run: {
    id: string;
    number: string;
    pay_group_id: string;
    kind: PayRunKind;
    period_start: string;
    period_end: string;
    pay_date: string;
    status: PayRunStatus;
    version: Generated<number>;
    headcount: number;
    gross_minor: number | null;
    deductions_minor: number | null;
    taxes_minor: number | null;
    net_minor: number | null;
    employer_cost_minor: number | null;
    prepared_by: string;
    approved_by: string | null;
    approved_at: Date | null;
    finalised_at: Date | null;
  };
  pay_run_progress: {
    run_id: string;
    done: number;
    total: number;
    started_at: Date;
  };
  pay_run_issue: {
    id: string;
    run_id: string;
    severity: IssueSeverity;
    code: IssueCode;
    employee_id: string | null;
    acknowledged_by: string | null;
  };
  payslip: {
    id: string;
    number: string;
    run_id: string;
    employee_id: string;
    period_start: string;
    period_end: string;
    pay_date: string;
    currency: string;
    gross_minor: number;
    deductions_minor: number;
    taxes_minor: number;
    reimbursements_minor: number;
    net_minor: number;
    employer_cost_minor: number;
    status: Generated<PayslipStatus>;
    corrects_id: string | null;
  };
  payslip_line: {
    payslip_id: string;
    sequence: number;
    component_id: string;
    label: string;
    quantity_hundredths: number | null;
    rate_minor: number | null;
    amount_minor: number;
  };
};

/** Rows to insert, table by table; the order is the order of writing. */
export type Rows = {
  readonly [Table in keyof Tables]?: readonly Insertable<Tables[Table]>[];
};
