import type { ColumnType } from "kysely";

/** A `daterange`, read through lower() and upper() and written as text. */
type Range = ColumnType<never, string, string>;
type Generated<T> = ColumnType<T, T | undefined, T>;

/** The tables of `migrations/`. Dates are ISO text, instants are `Date`. */
export type Tables = {
  legal_entity: {
    id: string;
    name: string;
    country_code: string;
    default_currency: string;
    full_time_hours_hundredths: number;
  };
  location: {
    id: string;
    name: string;
    city: string | null;
    country_code: string;
    subdivision_code: string | null;
    time_zone: string;
  };
  job: {
    id: string;
    code: string;
    title: string;
    family: string | null;
    level: string | null;
  };
  department: {
    id: string;
    code: string;
    name: string;
    parent_id: string | null;
    head_id: string | null;
  };
  person: Person;
  job_assignment: {
    id: string;
    employee_id: string;
    valid: Range;
    kind: string;
    job_title: string;
    job_id: string | null;
    department_id: string;
    location_id: string;
    manager_id: string | null;
    weekly_hours_hundredths: number;
    note: string | null;
    created_at: Date;
    created_by: string | null;
  };
  employment: {
    id: string;
    employee_id: string;
    employed: Range;
    type: string;
    legal_entity_id: string;
    cost_center: string | null;
    probation_ends_on: string | null;
    last_working_day: string | null;
    termination_reason: string | null;
  };
  reporting: { ancestor_id: string; descendant_id: string; depth: number };
  personal_details: {
    employee_id: string;
    legal_name: string;
    date_of_birth: string | null;
    gender: string | null;
    nationality: string | null;
    marital_status: string | null;
    personal_email: string | null;
    personal_phone: string | null;
    home_address: ColumnType<unknown, string | null, string | null>;
    national_id: Buffer | null;
    national_id_key: string | null;
    national_id_suffix: string | null;
  };
  emergency_contact: {
    id: string;
    employee_id: string;
    position: number;
    name: string;
    relationship: string | null;
    phone: string;
  };
};

type Person = {
  id: string;
  employee_number: string;
  given_name: string;
  family_name: string;
  preferred_name: string | null;
  display_name: string;
  pronouns: string | null;
  work_email: string;
  work_phone: string | null;
  locale: string | null;
  sort_name: string;
  search_text: string;
  on_long_leave: Generated<boolean>;
  status: Generated<string>;
  employment_id: Generated<string | null>;
  assignment_id: Generated<string | null>;
  hire_date: Generated<string | null>;
  job_title: Generated<string | null>;
  department_id: Generated<string | null>;
  location_id: Generated<string | null>;
  manager_id: Generated<string | null>;
  version: Generated<number>;
  created_at: Date;
  updated_at: Date;
};
