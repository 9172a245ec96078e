-- works with servers that know version 4 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool,
-- nothing is counted by a sequence, nothing refers across pools.

-- by what ListUsers finds users, besides sub and state: the user name where it is not the sub, and one row for each
-- searchable attribute that a user has, folded and cut (domain/user_search.py)
create table user_search (
  pool_id text not null,
  attribute text not null,
  value text not null,
  sub text not null,
  primary key (pool_id, attribute, value, sub)
);
create index users_by_state on users (pool_id, enabled, status, sub);

-- new e-mails and phone numbers that take effect when a code has proved them
create table pending_attributes (
  pool_id text not null,
  sub text not null,
  attribute text not null,
  value text not null,
  primary key (pool_id, sub, attribute)
);
