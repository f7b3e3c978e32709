-- Clients added beside those of the deployment's configuration.
create table client (
  id text primary key check (id ~ '^[a-z][a-z0-9-]{1,62}$'),
  name text not null,
  kind text not null check (kind in ('browser', 'native', 'partner', 'machine')),
  scopes text[] not null,
  redirect_uris text[] not null default '{}',
  post_logout_redirect_uris text[] not null default '{}',
  secret_digest text check (secret_digest like 'sha256:%'),
  jwks jsonb,
  pushed_requests_only boolean not null default false,
  created_at timestamptz not null default now(),
  disabled_at timestamptz,
  check (secret_digest is null or jwks is null)
);

-- What is refused before it expires: one token (jti), a grant (gid), or all a
-- subject's tokens issued before an instant (sub). Gateways follow it by seq.
create table denied (
  seq bigint generated always as identity primary key,
  kind text not null check (kind in ('jti', 'gid', 'sub')),
  value text not null,
  before timestamptz check ((before is not null) = (kind = 'sub')),
  until timestamptz not null
);

create index denied_value on denied (kind, value);

-- A device code is found by its user code, of which only a keyed digest is kept,
-- and has to come back whole, so it is sealed.
alter table oidc_record
  add column user_code text,
  add column sealed_id bytea;

create unique index oidc_record_user_code on oidc_record (user_code)
  where user_code is not null;

create index oidc_record_account on oidc_record ((payload ->> 'accountId'))
  where payload ->> 'accountId' is not null;
