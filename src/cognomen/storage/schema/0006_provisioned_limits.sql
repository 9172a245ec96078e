-- works with servers that know version 4 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: nothing is counted by a
-- sequence. Times are milliseconds since 1970 (bigint).

-- the rates that differ from AWS's defaults, in requests a second; small and global, because a rate holds for the
-- whole account
create table provisioned_limits (
  category text not null primary key,
  requests_per_second integer not null,
  modified_ms bigint not null
);
