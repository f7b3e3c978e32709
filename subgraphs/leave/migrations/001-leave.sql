-- Exclusion constraints on (id, range) need btree_gist, a trusted extension.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE DOMAIN hundredths AS integer
  CONSTRAINT hundredths_within_reason CHECK (VALUE BETWEEN -1000000 AND 1000000);
CREATE DOMAIN day_portion AS text
  CONSTRAINT day_portion_known CHECK (VALUE IN ('FULL', 'MORNING', 'AFTERNOON'));

-- ── Public holidays by region ──

CREATE TABLE holiday_calendar (
  id text PRIMARY KEY,
  name text NOT NULL,
  country_code text NOT NULL CHECK (country_code ~ '^[A-Z]{2}$'),
  subdivision_code text CHECK (subdivision_code ~ '^[A-Z]{2}-[A-Z0-9]{1,3}$')
);

CREATE TABLE holiday (
  id text PRIMARY KEY,
  calendar_id text NOT NULL REFERENCES holiday_calendar,
  date date NOT NULL,
  name text NOT NULL,
  -- Only the afternoon is free.
  half_day boolean NOT NULL,
  CONSTRAINT holiday_once_a_day UNIQUE (calendar_id, date)
);

-- ── Replica of the employee service: who exists, who is above whom today, who works where ──

CREATE TABLE location_ref (
  id text PRIMARY KEY,
  country_code text NOT NULL,
  time_zone text NOT NULL,
  calendar_id text REFERENCES holiday_calendar
);

CREATE TABLE employee_ref (
  id text PRIMARY KEY,
  display_name text NOT NULL,
  status text NOT NULL CHECK (status IN ('PREHIRE', 'ACTIVE', 'ON_LEAVE', 'TERMINATED')),
  manager_id text,
  department_id text NOT NULL,
  location_id text NOT NULL REFERENCES location_ref,
  version integer NOT NULL DEFAULT 1
);
CREATE INDEX employee_ref_by_manager ON employee_ref (manager_id);
CREATE INDEX employee_ref_by_department ON employee_ref (department_id);

-- A day without a row is a day outside employment.
CREATE TABLE assignment_ref (
  employee_id text NOT NULL REFERENCES employee_ref,
  valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
  location_id text NOT NULL REFERENCES location_ref,
  PRIMARY KEY (employee_id, valid WITHOUT OVERLAPS)
);

CREATE TABLE reporting (
  ancestor_id text NOT NULL,
  descendant_id text NOT NULL,
  depth integer NOT NULL CHECK (depth BETWEEN 0 AND 30),
  PRIMARY KEY (ancestor_id, descendant_id)
);
CREATE INDEX reporting_upwards ON reporting (descendant_id, ancestor_id);

-- Monday first, hundredths of a day.
CREATE TABLE work_schedule (
  employee_id text NOT NULL REFERENCES employee_ref,
  valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
  week integer[] NOT NULL CHECK (array_length(week, 1) = 7 AND week <@ ARRAY[0, 50, 100]),
  PRIMARY KEY (employee_id, valid WITHOUT OVERLAPS)
);

-- ── Types, and what each grants where ──

CREATE TABLE leave_type (
  id text PRIMARY KEY,
  code text NOT NULL CONSTRAINT leave_type_code_unique UNIQUE,
  name text NOT NULL,
  color text NOT NULL CHECK (color ~ '^#[0-9a-f]{6}$'),
  paid text NOT NULL CHECK (paid IN ('PAID', 'UNPAID', 'PARTIAL')),
  requires_approval boolean NOT NULL,
  requires_note boolean NOT NULL,
  certificate_after_days integer CHECK (certificate_after_days >= 0),
  allows_half_days boolean NOT NULL,
  negative_limit hundredths NOT NULL CHECK (negative_limit >= 0),
  confidential boolean NOT NULL,
  active boolean NOT NULL DEFAULT true
);

CREATE TABLE leave_policy (
  leave_type_id text NOT NULL REFERENCES leave_type,
  country_code text NOT NULL,
  -- YEARLY is granted at once, MONTHLY accrues, EARNED is booked by hand.
  entitlement text NOT NULL CHECK (entitlement IN ('YEARLY', 'MONTHLY', 'EARNED', 'UNLIMITED')),
  annual_days hundredths NOT NULL CHECK (annual_days >= 0),
  -- Most that is carried into the next period; null: everything.
  carry_over_cap hundredths CHECK (carry_over_cap >= 0),
  -- Month and day after which what was carried over is lost.
  carry_over_expires text CHECK (carry_over_expires ~ '^\d\d-\d\d$'),
  eligible_after_months integer NOT NULL DEFAULT 0 CHECK (eligible_after_months >= 0),
  notice_days integer NOT NULL DEFAULT 0 CHECK (notice_days >= 0),
  -- Calendar days of one request.
  max_consecutive_days integer CHECK (max_consecutive_days > 0),
  PRIMARY KEY (leave_type_id, country_code)
);

-- ── Requests ──

CREATE TABLE leave_request (
  id text PRIMARY KEY DEFAULT 'lvr_' || replace(uuidv7()::text, '-', ''),
  employee_id text NOT NULL REFERENCES employee_ref,
  leave_type_id text NOT NULL REFERENCES leave_type,
  starts date NOT NULL,
  start_portion day_portion NOT NULL,
  ends date NOT NULL,
  end_portion day_portion NOT NULL,
  -- Two halves a day, counted through: (day × 2) and (day × 2 + 1).
  slots int4range NOT NULL GENERATED ALWAYS AS (int4range(
    (starts - DATE '2000-01-01') * 2 + CASE WHEN start_portion = 'AFTERNOON' THEN 1 ELSE 0 END,
    (ends - DATE '2000-01-01') * 2 + CASE WHEN end_portion = 'MORNING' THEN 0 ELSE 1 END,
    '[]')) STORED,
  days hundredths NOT NULL CHECK (days >= 0),
  status text NOT NULL CHECK (status IN ('PENDING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'CANCELLED')),
  note text,
  approver_id text,
  decided_by text,
  decided_at timestamptz,
  decision_note text,
  submitted_by text NOT NULL,
  submitted_at timestamptz(3) NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT leave_request_dates CHECK (ends BETWEEN starts AND starts + 399),
  CONSTRAINT leave_request_no_shared_half EXCLUDE USING gist (employee_id WITH =, slots WITH &&)
    WHERE (status IN ('PENDING', 'APPROVED')),
  CONSTRAINT leave_request_never_decided_by_its_requester
    CHECK (status NOT IN ('APPROVED', 'REJECTED') OR decided_by <> employee_id)
);
CREATE INDEX leave_request_of_employee ON leave_request (employee_id, starts DESC, id DESC);
CREATE INDEX leave_request_by_start ON leave_request (starts DESC, id DESC);
CREATE INDEX leave_request_updated ON leave_request (updated_at);
CREATE INDEX leave_request_inbox ON leave_request (approver_id, submitted_at, id) WHERE status = 'PENDING';

CREATE TABLE leave_request_day (
  request_id text NOT NULL REFERENCES leave_request,
  employee_id text NOT NULL,
  date date NOT NULL,
  charged hundredths NOT NULL CHECK (charged IN (0, 50, 100)),
  reason text NOT NULL CHECK (reason IN ('WORKING_DAY', 'HALF_DAY', 'NOT_SCHEDULED', 'PUBLIC_HOLIDAY')),
  holiday_id text REFERENCES holiday,
  PRIMARY KEY (request_id, date)
);
CREATE INDEX leave_request_day_of_employee ON leave_request_day (employee_id, date);

-- ── Accounts: a ledger, and one row a type that only serves as a lock ──

CREATE TABLE leave_account (
  employee_id text NOT NULL REFERENCES employee_ref,
  leave_type_id text NOT NULL REFERENCES leave_type,
  PRIMARY KEY (employee_id, leave_type_id)
);

CREATE TABLE leave_ledger (
  id text PRIMARY KEY DEFAULT 'lvl_' || replace(uuidv7()::text, '-', ''),
  employee_id text NOT NULL REFERENCES employee_ref,
  leave_type_id text NOT NULL REFERENCES leave_type,
  kind text NOT NULL CHECK (kind IN
    ('GRANT', 'ACCRUAL', 'CARRY_OVER', 'EXPIRY', 'USAGE', 'USAGE_REVERSAL', 'ADJUSTMENT', 'PAYOUT')),
  amount hundredths NOT NULL,
  effective_on date NOT NULL,
  -- What it was booked for: a job or a retry that books it again changes nothing.
  source_key text NOT NULL,
  request_id text REFERENCES leave_request,
  note text,
  created_at timestamptz NOT NULL,
  created_by text,
  CONSTRAINT leave_ledger_booked_once UNIQUE (employee_id, leave_type_id, source_key)
);
CREATE INDEX leave_ledger_of_account ON leave_ledger (employee_id, leave_type_id, effective_on, id);

CREATE FUNCTION leave_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'leave_ledger is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER leave_ledger_append_only BEFORE UPDATE OR DELETE ON leave_ledger
  FOR EACH ROW EXECUTE FUNCTION leave_ledger_is_append_only();
CREATE TRIGGER leave_ledger_never_emptied BEFORE TRUNCATE ON leave_ledger
  FOR EACH STATEMENT EXECUTE FUNCTION leave_ledger_is_append_only();

-- ── Retries ──

CREATE TABLE idempotency_key (
  client_id text NOT NULL,
  subject text NOT NULL,
  mutation text NOT NULL,
  key text NOT NULL,
  input_hash text NOT NULL,
  entity_id text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (client_id, subject, mutation, key)
);
