-- works with servers that know version 13 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: nothing is counted by a sequence.
-- Times are milliseconds since 1970 (bigint). An older server runs every job without asking whose turn it is, which
-- does no harm.

-- which process does a job that one process at a time does; one row a job, for the whole store
create table job_leases (
  name text not null,
  holder text not null,
  until_ms bigint not null,
  primary key (name)
);
