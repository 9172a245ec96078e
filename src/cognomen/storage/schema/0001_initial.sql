-- works with servers that know version 1 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool,
-- nothing is counted by a sequence, nothing refers across pools. Times are milliseconds since 1970 (bigint).

create table user_pools (
  pool_id text not null primary key,
  name text not null,
  settings text not null,
  created_ms bigint not null,
  modified_ms bigint not null
);

-- pools that are gone, until the last of their rows is gone too
create table deleted_pools (
  pool_id text not null primary key,
  deleted_ms bigint not null
);

create table app_clients (
  pool_id text not null,
  client_id text not null,
  name text not null,
  settings text not null,
  created_ms bigint not null,
  modified_ms bigint not null,
  primary key (pool_id, client_id)
);

-- where a client id leads; small and global, because the wire names clients without their pool
create table client_pools (
  client_id text not null primary key,
  pool_id text not null
);

create table client_secrets (
  pool_id text not null,
  client_id text not null,
  secret_id text not null,
  sealed bytea not null,
  created_ms bigint not null,
  primary key (pool_id, client_id, secret_id)
);

create table signing_keys (
  pool_id text not null,
  key_id text not null,
  token_use text not null,
  sealed bytea not null,
  created_ms bigint not null,
  primary key (pool_id, key_id)
);

-- password_hash, srp_salt, srp_verifier and password_set_ms are null together: a user without a password
create table users (
  pool_id text not null,
  sub text not null,
  username text not null,
  status text not null,
  enabled smallint not null,
  attributes text not null,
  password_hash text,
  srp_salt bytea,
  srp_verifier bytea,
  password_set_ms bigint,
  created_ms bigint not null,
  modified_ms bigint not null,
  primary key (pool_id, sub)
);

-- every name under which a user signs in: one row a name, so that the key decides races
create table user_names (
  pool_id text not null,
  name_key text not null,
  kind text not null,
  sub text not null,
  primary key (pool_id, name_key, kind)
);
create index user_names_by_sub on user_names (pool_id, sub);

create table codes (
  pool_id text not null,
  sub text not null,
  purpose text not null,
  digest bytea not null,
  attribute text not null,
  expires_ms bigint not null,
  primary key (pool_id, sub, purpose)
);
create index codes_by_expiry on codes (expires_ms);

-- how often somebody tried a thing since started_ms
create table attempts (
  pool_id text not null,
  subject text not null,
  kind text not null,
  started_ms bigint not null,
  tries integer not null,
  primary key (pool_id, subject, kind)
);
create index attempts_by_start on attempts (started_ms);

-- auth_time is in seconds, as in the tokens
create table refresh_tokens (
  pool_id text not null,
  digest bytea not null,
  sub text not null,
  client_id text not null,
  origin_jti text not null,
  auth_time bigint not null,
  issued_ms bigint not null,
  expires_ms bigint not null,
  primary key (pool_id, digest)
);
create index refresh_tokens_by_sub on refresh_tokens (pool_id, sub);
create index refresh_tokens_by_expiry on refresh_tokens (expires_ms);

-- messages that wait for a courier; a lease moves next_try_ms into the future
create table outbox (
  pool_id text not null,
  message_id text not null,
  sealed bytea not null,
  created_ms bigint not null,
  next_try_ms bigint not null,
  tries integer not null,
  primary key (pool_id, message_id)
);
create index outbox_by_next_try on outbox (next_try_ms);

-- messages that the dev profile shows instead of sending them; position is their order of arrival
create table inbox (
  pool_id text not null,
  message_id text not null,
  position bigint not null,
  recipient text not null,
  kind text not null,
  sealed bytea not null,
  primary key (pool_id, message_id)
);
create index inbox_by_position on inbox (position);
create index inbox_by_message on inbox (message_id);

-- counters that all processes share: changes of pools and clients (so that each process drops what it remembers),
-- and arrivals in the inbox
create table counters (
  name text not null primary key,
  value bigint not null
);
