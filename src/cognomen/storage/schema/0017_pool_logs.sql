-- works with servers that know version 13 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool,
-- nothing is counted by a sequence. Times are milliseconds since 1970 (bigint). An older server writes no such rows and
-- delivers none.

-- lines of a pool's logs that wait for delivery; ids sort by time, destination is an ARN, document is JSON
create table pool_logs (
  pool_id text not null,
  log_id text not null,
  destination text not null,
  document text not null,
  created_ms bigint not null,
  next_try_ms bigint not null,
  tries integer not null,
  primary key (pool_id, log_id)
);
create index pool_logs_by_next_try on pool_logs (next_try_ms);
