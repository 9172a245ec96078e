"""Rows of user import jobs, and which one is active."""

from cognomen.domain.import_jobs import EXPIRED, STARTED_WITHIN_MS, ImportJob, Status, Tally
from cognomen.storage.database import Row, Tx

COLUMNS = (
    "pool_id, job_id, name, role_arn, algorithm, status, created_ms, started_ms, completed_ms, imported, skipped,"
    " failed, message, upload_id, parts, row_count, next_part"
)
SELECT = f"select {COLUMNS} from import_jobs"  # noqa: S608
HOLD = f"update import_jobs set parts = parts where pool_id = ? and job_id = ? returning {COLUMNS}"  # noqa: S608
NEWEST = (1 << 62, "")  # sorts behind every job


async def insert(tx: Tx, job: ImportJob) -> None:
    """A new job."""
    blanks = ", ".join("?" * (COLUMNS.count(",") + 1))
    await tx.run(f"insert into import_jobs ({COLUMNS}) values ({blanks})", _row(job))  # noqa: S608


async def get(tx: Tx, pool_id: str, job_id: str) -> ImportJob | None:
    """The job of this pool with this id."""
    row = await tx.one(SELECT + " where pool_id = ? and job_id = ?", (pool_id, job_id))
    return _job(row) if row else None


async def held(tx: Tx, pool_id: str, job_id: str) -> ImportJob | None:
    """The job as it is now, changed by nobody else until this write ends: read it so to change it."""
    row = await tx.one(HOLD, (pool_id, job_id))
    return _job(row) if row else None


async def page(tx: Tx, pool_id: str, before: tuple[int, str], limit: int) -> list[ImportJob]:
    """The jobs of a pool that were made before this moment and id, the newest first."""
    rows = await tx.all(
        SELECT + " where pool_id = ? and (created_ms, job_id) < (?, ?) order by created_ms desc, job_id desc limit ?",
        (pool_id, *before, limit),
    )
    return [_job(row) for row in rows]


async def count_of_pool(tx: Tx, pool_id: str) -> int:
    """How many jobs a pool has, those that are over included."""
    row = await tx.one("select count(*) from import_jobs where pool_id = ?", (pool_id,))
    assert row is not None
    count: int = row[0]
    return count


async def update(tx: Tx, job: ImportJob) -> None:
    """Store what changes of a job that this write holds."""
    await tx.run(
        "update import_jobs set status = ?, started_ms = ?, completed_ms = ?, imported = ?, skipped = ?, failed = ?,"
        " message = ?, upload_id = ?, parts = ?, row_count = ?, next_part = ? where pool_id = ? and job_id = ?",
        (
            job.status.value,
            job.started_ms,
            job.completed_ms,
            *_counts(job.tally),
            job.message,
            job.upload_id,
            job.parts,
            job.rows,
            job.next_part,
            job.pool_id,
            job.job_id,
        ),
    )


async def expire(tx: Tx, now_ms: int) -> None:
    """Note of jobs that were not started in time that they have expired."""
    await tx.run(
        "update import_jobs set status = ?, message = ?, completed_ms = created_ms + ?"
        " where status = ? and created_ms <= ?",
        (Status.EXPIRED.value, EXPIRED, STARTED_WITHIN_MS, Status.CREATED.value, now_ms - STARTED_WITHIN_MS),
    )


# The active job


async def activate(tx: Tx, account_id: str, job: ImportJob) -> None:
    """Make a job the active one; raises UniqueViolation where there is one."""
    await tx.run(
        "insert into active_import_jobs (account_id, pool_id, job_id) values (?, ?, ?)",
        (account_id, job.pool_id, job.job_id),
    )


async def deactivate(tx: Tx, job: ImportJob) -> None:
    """The job is over."""
    await tx.run("delete from active_import_jobs where pool_id = ? and job_id = ?", (job.pool_id, job.job_id))


async def active(tx: Tx) -> list[tuple[str, str]]:
    """Pool and id of the active jobs: one an account."""
    return [(pool_id, job_id) for pool_id, job_id in await tx.all("select pool_id, job_id from active_import_jobs")]


async def is_active_in(tx: Tx, pool_id: str) -> bool:
    """Whether users are imported into this pool now."""
    return await tx.one("select job_id from active_import_jobs where pool_id = ?", (pool_id,)) is not None


def _counts(tally: Tally) -> tuple[int, int, int]:
    return (tally.imported, tally.skipped, tally.failed)


def _row(job: ImportJob) -> Row:
    return (
        job.pool_id,
        job.job_id,
        job.name,
        job.role_arn,
        job.algorithm,
        job.status.value,
        job.created_ms,
        job.started_ms,
        job.completed_ms,
        *_counts(job.tally),
        job.message,
        job.upload_id,
        job.parts,
        job.rows,
        job.next_part,
    )


def _job(row: Row) -> ImportJob:
    pool_id, job_id, name, role_arn, algorithm, status, created_ms, started_ms, completed_ms, *rest = row
    imported, skipped, failed, message, upload_id, parts, rows, next_part = rest
    return ImportJob(
        pool_id=pool_id,
        job_id=job_id,
        name=name,
        role_arn=role_arn,
        algorithm=algorithm,
        status=Status(status),
        created_ms=created_ms,
        started_ms=started_ms,
        completed_ms=completed_ms,
        tally=Tally(imported, skipped, failed),
        message=message,
        upload_id=upload_id,
        parts=parts,
        rows=rows,
        next_part=next_part,
    )
