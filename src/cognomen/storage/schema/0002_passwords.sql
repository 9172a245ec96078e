-- works with servers that know version 1 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool,
-- nothing is counted by a sequence, nothing refers across pools. Times are milliseconds since 1970 (bigint).

-- challenges that were answered: a session lives outside the database, and its row keeps it from being used again
create table challenge_sessions (
  pool_id text not null,
  session_id text not null,
  expires_ms bigint not null,
  primary key (pool_id, session_id)
);
create index challenge_sessions_by_expiry on challenge_sessions (expires_ms);

-- passwords that a user had before the present one, as far as the pool asks for them; the hash holds its own salt
create table password_history (
  pool_id text not null,
  sub text not null,
  hash text not null,
  set_ms bigint not null,
  primary key (pool_id, sub, hash)
);
