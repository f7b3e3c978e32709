-- The public halves of people's passkeys (WebAuthn credentials).
create table passkey (
  id text primary key check (id ~ '^[A-Za-z0-9_-]+$' and length(id) <= 1364),
  account_id text not null references account (id) on delete cascade,
  public_key bytea not null,
  -- Signatures its authenticator has counted; stays 0 where none are counted.
  counter bigint not null,
  transports text[] not null,
  -- Whether it may exist on several devices, and whether it did when last used.
  device_type text not null check (device_type in ('singleDevice', 'multiDevice')),
  backed_up boolean not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

create index passkey_account on passkey (account_id);

-- What a passkey has to sign next: the newest of each interaction, by digest.
create table passkey_challenge (
  interaction text primary key,
  digest text not null,
  expires_at timestamptz not null
);
