-- works with servers that know version 13 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool,
-- nothing is counted by a sequence. Times are milliseconds since 1970 (bigint). An older server would let in whom a
-- configuration blocks, so it must not work with this schema.

-- client_id is ALL for what holds where a client has no row of its own
create table risk_configurations (
  pool_id text not null,
  client_id text not null,
  settings text not null,
  modified_ms bigint not null,
  primary key (pool_id, client_id)
);

-- ids sort by time; challenges is a JSON list of names and results; blocked and leaked are 0 or 1, leaked is null where
-- nobody looked
create table auth_events (
  pool_id text not null,
  sub text not null,
  event_id text not null,
  kind text not null,
  outcome text not null,
  created_ms bigint not null,
  ip_address text not null,
  device_name text not null,
  timezone text not null,
  risk_level text,
  action text not null,
  blocked smallint not null,
  leaked smallint,
  challenges text not null,
  feedback text,
  feedback_by text,
  feedback_ms bigint,
  primary key (pool_id, sub, event_id)
);
create index auth_events_by_time on auth_events (created_ms);
