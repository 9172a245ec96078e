-- works with servers that know version 13 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: nothing is counted by a
-- sequence. Times are milliseconds since 1970 (bigint). MACs of records are HMAC-SHA256 in hex
-- (docs/decisions/0015-audit-log.md). What belongs to no pool begins with its chain: one process writes each.

-- a call under way that has changed something, kept in the same transaction as the change; pool_id may be empty; after
-- until_ms nobody ends it any more
create table audit_pending (
  pool_id text not null,
  record_id text not null,
  begun_ms bigint not null,
  until_ms bigint not null,
  body text not null,
  primary key (pool_id, record_id)
);
create index audit_pending_by_time on audit_pending (until_ms);

-- the key is sealed under the master key; base is the position before the first record that is still kept
create table audit_chains (
  chain integer not null primary key,
  chain_id text not null,
  sealed_key bytea not null,
  begun_ms bigint not null,
  link text not null,
  base bigint not null,
  base_mac text not null,
  length bigint not null,
  mac text not null,
  seal text not null
);

create table audit_records (
  chain integer not null,
  position bigint not null,
  at_ms bigint not null,
  body text not null,
  mac text not null,
  primary key (chain, position)
);
create index audit_records_by_time on audit_records (at_ms, chain, position);

-- how many chains there are; one row, named all
create table audit_head (
  name text not null primary key,
  chains integer not null,
  seal text not null
);
