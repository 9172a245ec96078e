-- works with servers that know version 4 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool,
-- nothing is counted by a sequence, nothing refers across pools. Times are milliseconds since 1970 (bigint).

-- group_id tells a group from an older one of the same name, so that nobody is in a new group by being in an old one;
-- a precedence is null where none was given
create table user_groups (
  pool_id text not null,
  name text not null,
  group_id text not null,
  description text,
  role_arn text,
  precedence bigint,
  created_ms bigint not null,
  modified_ms bigint not null,
  primary key (pool_id, name)
);
create index user_groups_by_id on user_groups (pool_id, group_id);

create table group_members (
  pool_id text not null,
  sub text not null,
  group_id text not null,
  added_ms bigint not null,
  primary key (pool_id, sub, group_id)
);
create index group_members_by_group on group_members (pool_id, group_id, sub);

-- groups that are gone, until the last of their memberships is gone too
create table deleted_groups (
  pool_id text not null,
  group_id text not null,
  deleted_ms bigint not null,
  primary key (pool_id, group_id)
);
