-- works with servers that know version 11 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool,
-- nothing is counted by a sequence. Times are milliseconds since 1970 (bigint). An older server would forget that a
-- user has passkeys, so it must not work with this schema.

-- credential_id is in base64url, public_key a COSE key, transports a JSON list
create table passkeys (
  pool_id text not null,
  credential_id text not null,
  sub text not null,
  public_key bytea not null,
  sign_count bigint not null,
  rp_id text not null,
  name text not null,
  attachment text,
  transports text not null,
  created_ms bigint not null,
  primary key (pool_id, credential_id)
);
create index passkeys_by_sub on passkeys (pool_id, sub);
