-- works with servers that know version 3 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool,
-- nothing is counted by a sequence, nothing refers across pools. Times are milliseconds since 1970 (bigint).

-- one row a sign-in, to which all of its tokens go back: they work while the row is there and not revoked.
-- auth_time is in seconds, as in the tokens. digest is that of the refresh token in force; replaced_digest and
-- replaced_ms tell of the one before it, and are null together where none was replaced yet. session_id, device_type,
-- ip_address and last_active_ms are null together where the pool did not track sessions
create table token_sessions (
  pool_id text not null,
  origin_jti text not null,
  sub text not null,
  client_id text not null,
  auth_time bigint not null,
  started_ms bigint not null,
  expires_ms bigint not null,
  digest bytea not null,
  replaced_digest bytea,
  replaced_ms bigint,
  revoked_ms bigint,
  session_id text,
  device_type text,
  ip_address text,
  last_active_ms bigint,
  primary key (pool_id, origin_jti)
);
create index token_sessions_by_sub on token_sessions (pool_id, sub, revoked_ms);
create index token_sessions_by_client on token_sessions (pool_id, client_id);
create index token_sessions_by_expiry on token_sessions (expires_ms);

-- refresh tokens name their sign-in from now on; older ones name none, so that their users sign in once more
drop table refresh_tokens;

create table pool_session_configurations (
  pool_id text not null,
  enabled smallint not null,
  most_per_user integer not null,
  primary key (pool_id)
);

create table client_session_configurations (
  pool_id text not null,
  client_id text not null,
  max_validity_minutes integer not null,
  primary key (pool_id, client_id)
);
