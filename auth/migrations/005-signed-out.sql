-- What began with a sign-in before this instant has ended, whatever is still under way.
alter table account add column signed_out_at timestamptz;
