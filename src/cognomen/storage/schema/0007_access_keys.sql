-- works with servers that know version 4 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: nothing is counted by a
-- sequence. Times are milliseconds since 1970 (bigint).

-- keys that sign requests, each with its policy as JSON; small and global, because a key is the account's
create table access_keys (
  key_id text not null primary key,
  user_name text not null,
  description text not null,
  enabled smallint not null,
  sealed bytea not null,
  policy text not null,
  created_ms bigint not null
);
