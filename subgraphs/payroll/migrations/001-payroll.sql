-- Exclusion constraints on (id, range) need btree_gist, a trusted extension.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Whole minor units, within what a JSON number holds exactly.
CREATE DOMAIN minor_units AS bigint
  CONSTRAINT minor_units_exact CHECK (VALUE BETWEEN -9007199254740991 AND 9007199254740991);
CREATE DOMAIN currency_code AS text
  CONSTRAINT currency_code_form CHECK (VALUE ~ '^[A-Z]{3}$');

-- ── Replica of the employee service: who exists, and who is above whom today ──

CREATE TABLE legal_entity_ref (
  id text PRIMARY KEY,
  full_time_hours_hundredths integer NOT NULL CHECK (full_time_hours_hundredths BETWEEN 1 AND 8000)
);

CREATE TABLE employee_ref (
  id text PRIMARY KEY,
  employee_number text NOT NULL,
  display_name text NOT NULL,
  status text NOT NULL CHECK (status IN ('PREHIRE', 'ACTIVE', 'ON_LEAVE', 'TERMINATED')),
  legal_entity_id text NOT NULL REFERENCES legal_entity_ref,
  manager_id text,
  time_zone text NOT NULL,
  version integer NOT NULL DEFAULT 1
);

CREATE TABLE assignment_ref (
  employee_id text NOT NULL REFERENCES employee_ref,
  valid daterange NOT NULL CHECK (NOT isempty(valid)),
  weekly_hours_hundredths integer NOT NULL CHECK (weekly_hours_hundredths BETWEEN 1 AND 8000),
  PRIMARY KEY (employee_id, valid WITHOUT OVERLAPS)
);

CREATE TABLE reporting (
  ancestor_id text NOT NULL,
  descendant_id text NOT NULL,
  depth integer NOT NULL CHECK (depth BETWEEN 0 AND 30),
  PRIMARY KEY (ancestor_id, descendant_id)
);
CREATE INDEX reporting_upwards ON reporting (descendant_id, ancestor_id);

-- ── Pay ──

CREATE TABLE pay_group (
  id text PRIMARY KEY,
  name text NOT NULL,
  legal_entity_id text NOT NULL REFERENCES legal_entity_ref,
  frequency text NOT NULL CHECK (frequency IN ('WEEKLY', 'BIWEEKLY', 'SEMIMONTHLY', 'MONTHLY')),
  currency currency_code NOT NULL,
  CONSTRAINT pay_group_per_entity_and_currency UNIQUE (legal_entity_id, currency)
);
CREATE INDEX pay_group_by_name ON pay_group (name, id);

CREATE TABLE pay_component (
  id text PRIMARY KEY,
  code text NOT NULL CONSTRAINT pay_component_code_unique UNIQUE,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('EARNING', 'DEDUCTION', 'TAX', 'EMPLOYER_COST', 'REIMBURSEMENT', 'INFORMATION')),
  taxable boolean NOT NULL,
  active boolean NOT NULL DEFAULT true
);

CREATE TABLE compensation (
  id text PRIMARY KEY,
  employee_id text NOT NULL REFERENCES employee_ref,
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  effective_from date NOT NULL GENERATED ALWAYS AS (lower(effective)) STORED,
  base_minor minor_units NOT NULL CHECK (base_minor >= 0),
  currency currency_code NOT NULL,
  per text NOT NULL CHECK (per IN ('HOUR', 'DAY', 'MONTH', 'YEAR')),
  reason text NOT NULL CHECK (reason IN ('HIRE', 'MERIT', 'PROMOTION', 'MARKET_ADJUSTMENT', 'HOURS_CHANGE', 'CORRECTION')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL,
  created_by text REFERENCES employee_ref,
  CONSTRAINT compensation_no_overlap EXCLUDE USING gist (employee_id WITH =, effective WITH &&)
);
CREATE INDEX compensation_history ON compensation (employee_id, effective_from DESC, id DESC);

CREATE TABLE recurring_component (
  compensation_id text NOT NULL REFERENCES compensation,
  component_id text NOT NULL REFERENCES pay_component,
  amount_minor minor_units,
  rate_bps integer CHECK (rate_bps BETWEEN 1 AND 100000),
  PRIMARY KEY (compensation_id, component_id),
  CONSTRAINT recurring_amount_or_rate CHECK (num_nonnulls(amount_minor, rate_bps) = 1)
);

CREATE TABLE bank_account (
  id text PRIMARY KEY,
  employee_id text NOT NULL REFERENCES employee_ref,
  holder text NOT NULL,
  -- AES-256-GCM under the key named beside it; country and last four are all that masking needs.
  iban bytea NOT NULL,
  iban_key text NOT NULL,
  iban_country text NOT NULL CHECK (iban_country ~ '^[A-Z]{2}$'),
  iban_last_four text NOT NULL CHECK (iban_last_four ~ '^[A-Z0-9]{4}$'),
  bic text,
  verified_at timestamptz(3),
  effective_from timestamptz(3) NOT NULL
);
CREATE INDEX bank_account_newest ON bank_account (employee_id, effective_from DESC, id DESC);

-- ── Pay runs ──

CREATE TABLE pay_run (
  id text PRIMARY KEY,
  number text NOT NULL CONSTRAINT pay_run_number_unique UNIQUE,
  pay_group_id text NOT NULL REFERENCES pay_group,
  kind text NOT NULL CHECK (kind IN ('REGULAR', 'OFF_CYCLE', 'BONUS', 'CORRECTION', 'FINAL_SETTLEMENT')),
  period_start date NOT NULL,
  period_end date NOT NULL,
  pay_date date NOT NULL,
  status text NOT NULL CHECK (status IN ('DRAFT', 'CALCULATING', 'CALCULATED', 'APPROVED', 'FINALISED', 'PAID', 'CANCELLED', 'FAILED')),
  version integer NOT NULL DEFAULT 1,
  headcount integer NOT NULL DEFAULT 0,
  -- Stored at calculation: summing a run of thousands on each read costs a thousand times more.
  gross_minor minor_units,
  deductions_minor minor_units,
  taxes_minor minor_units,
  net_minor minor_units,
  employer_cost_minor minor_units,
  prepared_by text NOT NULL REFERENCES employee_ref,
  approved_by text REFERENCES employee_ref,
  approved_at timestamptz(3),
  finalised_at timestamptz(3),
  CONSTRAINT pay_run_period CHECK (period_start <= period_end),
  CONSTRAINT pay_run_pay_date CHECK (pay_date >= period_start),
  CONSTRAINT pay_run_totals_complete CHECK (
    num_nulls(gross_minor, deductions_minor, taxes_minor, net_minor, employer_cost_minor) IN (0, 5)),
  CONSTRAINT pay_run_four_eyes CHECK (approved_by <> prepared_by),
  CONSTRAINT pay_run_regular_periods EXCLUDE USING gist (
    pay_group_id WITH =, daterange(period_start, period_end, '[]') WITH &&)
    WHERE (kind = 'REGULAR' AND status <> 'CANCELLED')
);
CREATE INDEX pay_run_newest ON pay_run (pay_date DESC, id DESC);
CREATE INDEX pay_run_of_group ON pay_run (pay_group_id, period_end DESC) WHERE kind = 'REGULAR';

-- A row of its own, so that polling never meets the run's lock.
CREATE TABLE pay_run_progress (
  run_id text PRIMARY KEY REFERENCES pay_run,
  done integer NOT NULL CHECK (done BETWEEN 0 AND total),
  total integer NOT NULL,
  started_at timestamptz(3) NOT NULL
);

CREATE TABLE pay_run_issue (
  id text PRIMARY KEY,
  run_id text NOT NULL REFERENCES pay_run,
  severity text NOT NULL CHECK (severity IN ('BLOCKER', 'WARNING')),
  code text NOT NULL,
  employee_id text REFERENCES employee_ref,
  acknowledged_by text REFERENCES employee_ref
);
CREATE INDEX pay_run_issue_of_run ON pay_run_issue (run_id, severity, id);

-- ── Payslips ──

CREATE TABLE payslip (
  id text PRIMARY KEY,
  number text NOT NULL CONSTRAINT payslip_number_unique UNIQUE,
  run_id text NOT NULL REFERENCES pay_run,
  employee_id text NOT NULL REFERENCES employee_ref,
  period_start date NOT NULL,
  period_end date NOT NULL,
  pay_date date NOT NULL,
  currency currency_code NOT NULL,
  gross_minor minor_units NOT NULL,
  deductions_minor minor_units NOT NULL,
  taxes_minor minor_units NOT NULL,
  reimbursements_minor minor_units NOT NULL,
  net_minor minor_units NOT NULL,
  employer_cost_minor minor_units NOT NULL,
  status text NOT NULL DEFAULT 'DRAFT' CHECK (status IN ('DRAFT', 'FINALISED', 'PAID', 'REVERSED')),
  corrects_id text REFERENCES payslip,
  CONSTRAINT payslip_one_per_run_and_employee UNIQUE (run_id, employee_id),
  CONSTRAINT payslip_net CHECK (net_minor = gross_minor - deductions_minor - taxes_minor + reimbursements_minor)
);
CREATE INDEX payslip_of_employee ON payslip (employee_id, pay_date DESC, id DESC);
CREATE INDEX payslip_newest ON payslip (pay_date DESC, id DESC);

CREATE TABLE payslip_line (
  payslip_id text NOT NULL REFERENCES payslip,
  sequence integer NOT NULL,
  component_id text NOT NULL REFERENCES pay_component,
  label text NOT NULL,
  quantity_hundredths integer,
  rate_minor minor_units,
  amount_minor minor_units NOT NULL,
  PRIMARY KEY (payslip_id, sequence),
  CONSTRAINT payslip_line_units CHECK (num_nulls(quantity_hundredths, rate_minor) IN (0, 2))
);

-- Finalised payslips are immutable: they only move on to PAID or REVERSED.
CREATE FUNCTION refuse_frozen_payslip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a finalised payslip is immutable' USING ERRCODE = 'check_violation', CONSTRAINT = 'payslip_frozen';
END $$;
CREATE TRIGGER payslip_frozen BEFORE UPDATE ON payslip FOR EACH ROW
  WHEN (OLD.status <> 'DRAFT' AND NOT (
    to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status'
    AND (OLD.status, NEW.status) IN (('FINALISED', 'PAID'), ('FINALISED', 'REVERSED'), ('PAID', 'REVERSED'))))
  EXECUTE FUNCTION refuse_frozen_payslip();
CREATE TRIGGER payslip_kept BEFORE DELETE ON payslip FOR EACH ROW
  WHEN (OLD.status <> 'DRAFT') EXECUTE FUNCTION refuse_frozen_payslip();
CREATE TRIGGER payslip_not_truncated BEFORE TRUNCATE ON payslip EXECUTE FUNCTION refuse_frozen_payslip();

CREATE FUNCTION refuse_line_of_frozen_payslip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM payslip WHERE status <> 'DRAFT' AND id IN (OLD.payslip_id, NEW.payslip_id)) THEN
    RAISE EXCEPTION 'a finalised payslip is immutable' USING ERRCODE = 'check_violation', CONSTRAINT = 'payslip_frozen';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER payslip_line_frozen BEFORE INSERT OR UPDATE OR DELETE ON payslip_line
  FOR EACH ROW EXECUTE FUNCTION refuse_line_of_frozen_payslip();
CREATE TRIGGER payslip_line_not_truncated BEFORE TRUNCATE ON payslip_line EXECUTE FUNCTION refuse_frozen_payslip();
