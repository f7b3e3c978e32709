-- Temporal keys need btree_gist, prefix search needs pg_trgm; both are trusted extensions.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE legal_entity (
  id text PRIMARY KEY,
  name text NOT NULL,
  country_code text NOT NULL CHECK (country_code ~ '^[A-Z]{2}$'),
  default_currency text NOT NULL CHECK (default_currency ~ '^[A-Z]{3}$'),
  full_time_hours_hundredths integer NOT NULL CHECK (full_time_hours_hundredths BETWEEN 1 AND 8000)
);

CREATE TABLE location (
  id text PRIMARY KEY,
  name text NOT NULL,
  city text,
  country_code text NOT NULL CHECK (country_code ~ '^[A-Z]{2}$'),
  subdivision_code text,
  time_zone text NOT NULL
);

CREATE TABLE job (
  id text PRIMARY KEY,
  code text NOT NULL CONSTRAINT job_code_unique UNIQUE,
  title text NOT NULL,
  family text,
  level text
);

CREATE TABLE department (
  id text PRIMARY KEY,
  code text NOT NULL CONSTRAINT department_code_unique UNIQUE,
  name text NOT NULL,
  parent_id text REFERENCES department,
  head_id text,
  CONSTRAINT department_not_its_own_parent CHECK (parent_id <> id)
);
CREATE INDEX department_parent ON department (parent_id, name, id);

-- The person, and where they sit today. What depends on the day (status to manager_id)
-- is rewritten from employment and job_assignment when a day begins at the location.
CREATE TABLE person (
  id text PRIMARY KEY,
  employee_number text NOT NULL CONSTRAINT person_number_unique UNIQUE,
  given_name text NOT NULL CHECK (char_length(given_name) BETWEEN 1 AND 100),
  family_name text NOT NULL CHECK (char_length(family_name) <= 100),
  preferred_name text,
  display_name text NOT NULL,
  pronouns text,
  work_email text NOT NULL,
  work_phone text,
  locale text,
  -- Folded by the application: unaccent() is not immutable, so it cannot be indexed.
  sort_name text COLLATE "C" NOT NULL,
  search_text text COLLATE "C" NOT NULL,
  on_long_leave boolean NOT NULL DEFAULT false,
  status text NOT NULL DEFAULT 'PREHIRE' CHECK (status IN ('PREHIRE', 'ACTIVE', 'ON_LEAVE', 'TERMINATED')),
  employment_id text,
  assignment_id text,
  hire_date date,
  job_title text,
  department_id text REFERENCES department,
  location_id text REFERENCES location,
  manager_id text REFERENCES person,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  CONSTRAINT person_not_their_own_manager CHECK (manager_id <> id)
);
ALTER TABLE department ADD FOREIGN KEY (head_id) REFERENCES person DEFERRABLE INITIALLY DEFERRED;
CREATE UNIQUE INDEX person_email_unique ON person (lower(work_email)) WHERE status <> 'TERMINATED';
CREATE INDEX person_by_name ON person (sort_name, id);
CREATE INDEX person_by_hire ON person (hire_date, id);
CREATE INDEX person_by_change ON person (updated_at, id);
CREATE INDEX person_by_manager ON person (manager_id);
CREATE INDEX person_by_department ON person (department_id);
CREATE INDEX person_search ON person USING gin (search_text gin_trgm_ops);

CREATE TABLE job_assignment (
  id text NOT NULL CONSTRAINT job_assignment_id_unique UNIQUE,
  employee_id text NOT NULL REFERENCES person,
  valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
  kind text NOT NULL CHECK (kind IN ('HIRE', 'TRANSFER', 'PROMOTION', 'MANAGER_CHANGE', 'HOURS_CHANGE', 'CORRECTION', 'TERMINATION', 'REHIRE')),
  job_title text NOT NULL,
  job_id text REFERENCES job,
  department_id text NOT NULL REFERENCES department,
  location_id text NOT NULL REFERENCES location,
  manager_id text REFERENCES person CHECK (manager_id <> employee_id),
  weekly_hours_hundredths integer NOT NULL CHECK (weekly_hours_hundredths BETWEEN 1 AND 8000),
  note text,
  created_at timestamptz(3) NOT NULL,
  created_by text REFERENCES person,
  CONSTRAINT job_assignment_no_overlap PRIMARY KEY (employee_id, valid WITHOUT OVERLAPS)
);

CREATE TABLE employment (
  id text NOT NULL CONSTRAINT employment_id_unique UNIQUE,
  employee_id text NOT NULL REFERENCES person,
  employed daterange NOT NULL CHECK (NOT isempty(employed) AND NOT lower_inf(employed)),
  type text NOT NULL CHECK (type IN ('PERMANENT', 'FIXED_TERM', 'CONTRACTOR', 'INTERN', 'APPRENTICE')),
  legal_entity_id text NOT NULL REFERENCES legal_entity,
  cost_center text,
  probation_ends_on date,
  last_working_day date,
  termination_reason text CHECK (termination_reason IN ('RESIGNATION', 'DISMISSAL', 'REDUNDANCY', 'END_OF_CONTRACT', 'RETIREMENT', 'DEATH', 'OTHER')),
  CONSTRAINT employment_no_overlap PRIMARY KEY (employee_id, employed WITHOUT OVERLAPS),
  CONSTRAINT employment_has_no_gap FOREIGN KEY (employee_id, PERIOD employed)
    REFERENCES job_assignment (employee_id, PERIOD valid) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT employment_last_working_day CHECK (last_working_day < upper(employed))
);

-- Who is above whom today, at any distance. Everyone not terminated stands above themselves at depth 0.
CREATE TABLE reporting (
  ancestor_id text NOT NULL REFERENCES person,
  descendant_id text NOT NULL REFERENCES person,
  depth integer NOT NULL CHECK (depth BETWEEN 0 AND 30),
  PRIMARY KEY (ancestor_id, descendant_id)
);
CREATE INDEX reporting_upwards ON reporting (descendant_id, ancestor_id);

CREATE TABLE personal_details (
  employee_id text PRIMARY KEY REFERENCES person,
  legal_name text NOT NULL,
  date_of_birth date,
  gender text,
  nationality text,
  marital_status text CHECK (marital_status IN ('SINGLE', 'MARRIED', 'REGISTERED_PARTNERSHIP', 'DIVORCED', 'WIDOWED', 'UNDISCLOSED')),
  personal_email text,
  personal_phone text,
  home_address jsonb,
  -- AES-256-GCM under the key named beside it; the suffix is all that masking needs.
  national_id bytea,
  national_id_key text,
  national_id_suffix text,
  CONSTRAINT national_id_complete CHECK (num_nulls(national_id, national_id_key, national_id_suffix) IN (0, 3))
);

CREATE TABLE emergency_contact (
  id text PRIMARY KEY,
  employee_id text NOT NULL REFERENCES personal_details,
  position integer NOT NULL,
  name text NOT NULL,
  relationship text,
  phone text NOT NULL,
  UNIQUE (employee_id, position)
);
