-- works with servers that know version 9 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool
-- save that of domains, nothing is counted by a sequence. Times are milliseconds since 1970 (bigint).

-- scopes is a JSON list of names and descriptions
create table resource_servers (
  pool_id text not null,
  identifier text not null,
  name text not null,
  scopes text not null,
  created_ms bigint not null,
  modified_ms bigint not null,
  primary key (pool_id, identifier)
);

-- where a domain leads; small and global, because browsers name domains without their pool
create table pool_domains (
  domain text not null primary key,
  pool_id text not null,
  is_custom smallint not null,
  settings text not null,
  created_ms bigint not null,
  modified_ms bigint not null
);
create index pool_domains_by_pool on pool_domains (pool_id, is_custom);

-- details holds secrets of the provider and is sealed
create table providers (
  pool_id text not null,
  name text not null,
  kind text not null,
  details bytea not null,
  mappings text not null,
  created_ms bigint not null,
  modified_ms bigint not null,
  primary key (pool_id, name)
);

create table provider_identifiers (
  pool_id text not null,
  identifier text not null,
  name text not null,
  position integer not null,
  primary key (pool_id, identifier)
);
create index provider_identifiers_by_name on provider_identifiers (pool_id, name);

-- one row for each account elsewhere that is linked to a user, found by the attribute that it was linked by
create table user_identities (
  pool_id text not null,
  provider text not null,
  attribute text not null,
  value text not null,
  sub text not null,
  kind text not null,
  linked_ms bigint not null,
  primary key (pool_id, provider, attribute, value)
);
create index user_identities_by_sub on user_identities (pool_id, sub);

-- client_id is ALL for what holds where a client has no row of its own
create table ui_customizations (
  pool_id text not null,
  client_id text not null,
  css text,
  image bytea,
  created_ms bigint not null,
  modified_ms bigint not null,
  primary key (pool_id, client_id)
);

-- assets is a JSON list, the images in it in base64
create table login_brandings (
  pool_id text not null,
  branding_id text not null,
  client_id text not null,
  uses_provided smallint not null,
  settings text not null,
  assets text not null,
  created_ms bigint not null,
  modified_ms bigint not null,
  primary key (pool_id, client_id)
);
create index login_brandings_by_id on login_brandings (pool_id, branding_id);

create table terms (
  pool_id text not null,
  terms_id text not null,
  client_id text not null,
  name text not null,
  links text not null,
  created_ms bigint not null,
  modified_ms bigint not null,
  primary key (pool_id, client_id, name)
);
create index terms_by_id on terms (pool_id, terms_id);

create table log_deliveries (
  pool_id text not null,
  configurations text not null,
  primary key (pool_id)
);

-- the key pair that requests to SAML providers are signed with, sealed, and its certificate
create table saml_keys (
  pool_id text not null,
  sealed bytea not null,
  certificate bytea not null,
  created_ms bigint not null,
  primary key (pool_id)
);
