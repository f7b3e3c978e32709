-- People who sign in. Machines are clients and have no row here.
create table account (
  id text primary key check (id ~ '^usr_[A-Za-z0-9_-]+$'),
  sign_in text not null unique check (sign_in = lower(sign_in)),
  password_hash text not null check (password_hash like '$argon2id$%'),
  display_name text not null,
  role text not null,
  employee_id text check (employee_id ~ '^emp_[A-Za-z0-9_-]+$'),
  disabled_at timestamptz
);

-- Sign-in attempts that were not followed by success, by digest of account name or address.
create table sign_in_attempt (
  key text primary key,
  failures integer not null,
  counted_since timestamptz not null default now(),
  locked_until timestamptz not null default '-infinity'
);

-- Signing keys; the private half is sealed under KEY_ENCRYPTION_KEY.
create table signing_key (
  kid text primary key,
  algorithm text not null,
  state text not null check (state in ('pending', 'active', 'retired')),
  sealed_private_jwk bytea not null,
  created_at timestamptz not null default now()
);

create unique index signing_key_one_active on signing_key (algorithm) where state = 'active';

-- Codes, refresh tokens, sessions, grants, interactions and seen proofs. The id
-- of whatever is a secret in somebody's hand is its SHA-256 digest.
create table oidc_record (
  model text not null,
  id text not null,
  payload jsonb not null,
  grant_id text,
  session_uid text,
  uses integer not null default 0,
  consumed_at timestamptz,
  expires_at timestamptz not null,
  primary key (model, id)
);

create index oidc_record_grant on oidc_record (grant_id) where grant_id is not null;
create index oidc_record_session on oidc_record (session_uid) where session_uid is not null;
create index oidc_record_expiry on oidc_record (expires_at);
