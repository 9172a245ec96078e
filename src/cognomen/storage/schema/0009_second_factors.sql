-- works with servers that know version 9 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: nothing is counted by a
-- sequence. An older server would ask nobody for a second factor, so it must not work with this schema.

-- JSON: the factors that are switched on, the preferred one, and whether an authenticator app is set up; null is nothing
alter table users add column second_factors text;

-- authenticator apps: the secret of the one that is set up, the newest time step whose code was used, and the secret
-- that was given out last and is not proved yet
create table software_tokens (
  pool_id text not null,
  sub text not null,
  sealed bytea,
  last_step bigint not null,
  waiting bytea,
  primary key (pool_id, sub)
);
