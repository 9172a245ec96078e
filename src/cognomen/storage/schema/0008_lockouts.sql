-- works with servers that know version 4 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: nothing is counted by a
-- sequence. Times are milliseconds since 1970 (bigint).

-- wrong passwords in a row; the subject is the sub of an account, or the digest of a name that nobody has
create table lockouts (
  pool_id text not null,
  subject text not null,
  failures integer not null,
  until_ms bigint not null,
  primary key (pool_id, subject)
);
create index lockouts_by_end on lockouts (until_ms);
