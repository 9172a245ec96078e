-- works with servers that know version 13 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: nothing is counted by a sequence.
-- A small table of the whole server: no request reads it.

-- what `cognomen apply` made for a template: sealed is a JSON document of the kind, the properties and what names it
create table stacks (
  stack text not null,
  logical_id text not null,
  sealed bytea not null,
  primary key (stack, logical_id)
);
