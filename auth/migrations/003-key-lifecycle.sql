-- When a signing key came to its state: published, activated, retired.
alter table signing_key add column since timestamptz not null default now();

update signing_key set since = created_at;

create unique index signing_key_one_pending on signing_key (algorithm) where state = 'pending';
