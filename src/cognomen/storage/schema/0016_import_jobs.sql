-- works with servers that know version 13 or newer
--
-- Plain enough for SQLite, PostgreSQL, Citus, CockroachDB, YugabyteDB and Aurora DSQL: every key begins with the pool,
-- but for the one job that is active in an account. Times are milliseconds since 1970 (bigint). An older server does
-- not run jobs, which wait for a newer one.

-- upload_id is null until a whole file is there; next_part is the part that is to be imported next
create table import_jobs (
  pool_id text not null,
  job_id text not null,
  name text not null,
  role_arn text not null,
  algorithm text,
  status text not null,
  created_ms bigint not null,
  started_ms bigint,
  completed_ms bigint,
  imported bigint not null,
  skipped bigint not null,
  failed bigint not null,
  message text,
  upload_id text,
  parts integer not null,
  row_count bigint not null,
  next_part integer not null,
  primary key (pool_id, job_id)
);
create index import_jobs_by_time on import_jobs (pool_id, created_ms, job_id);
create index import_jobs_by_status on import_jobs (status, created_ms);

-- whole lines of an uploaded file, sealed; part 0 is its header. They go as they are imported
create table import_parts (
  pool_id text not null,
  job_id text not null,
  upload_id text not null,
  part integer not null,
  first_line bigint not null,
  sealed bytea not null,
  primary key (pool_id, job_id, upload_id, part)
);

-- what became of the lines of a part: compressed text without any data of users
create table import_logs (
  pool_id text not null,
  job_id text not null,
  part integer not null,
  told bytea not null,
  primary key (pool_id, job_id, part)
);

-- the one job of the account that is started and not over
create table active_import_jobs (
  account_id text not null primary key,
  pool_id text not null,
  job_id text not null
);
