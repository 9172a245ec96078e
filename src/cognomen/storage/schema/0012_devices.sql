-- works with servers that know version 12 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool,
-- nothing is counted by a sequence. Times are milliseconds since 1970 (bigint). An older server would refresh the
-- tokens of a device without its key, so it must not work with this schema.

-- devices that were confirmed; verifier is sealed, remembered is 0 or 1
create table devices (
  pool_id text not null,
  sub text not null,
  device_key text not null,
  name text,
  sdk text not null,
  salt bytea not null,
  verifier bytea not null,
  remembered smallint not null,
  last_ip text not null,
  created_ms bigint not null,
  modified_ms bigint not null,
  authenticated_ms bigint not null,
  primary key (pool_id, sub, device_key)
);

-- the device that a sign-in came from, or that was offered to it; null where the pool knew no devices, and empty once
-- the device is forgotten
alter table token_sessions add column device_key text;
