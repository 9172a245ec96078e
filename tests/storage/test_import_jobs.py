"""User import jobs on each engine: they come back as they went in, one is active, and all of it goes in time."""

from dataclasses import replace

import pytest

from cognomen.domain.import_jobs import EXPIRED, STARTED_WITHIN_MS, ImportJob, Status, Tally
from cognomen.storage import expired, import_files, import_jobs, user_pools
from cognomen.storage.database import Database, Tx, UniqueViolation
from cognomen.storage.import_files import SealedPart
from storage.samples import NOW, OTHER_POOL, POOL, a_pool

pytestmark = pytest.mark.anyio

TABLES = ("import_jobs", "import_parts", "import_logs", "active_import_jobs")


def a_job(job_id: str = "import-1", pool_id: str = POOL, **more: object) -> ImportJob:
    made = ImportJob(pool_id, job_id, "first — ü", "arn:aws:iam::1:role/r", None, Status.CREATED, NOW)
    return replace(made, **more)  # type: ignore[arg-type]


async def left(database: Database) -> list[str]:
    counted = {name: await database.read(lambda tx, name=name: tx.all(f"select * from {name}")) for name in TABLES}
    return [name for name, rows in counted.items() if rows]


async def test_a_job_comes_back_as_it_went_in(database: Database) -> None:
    """As it was made, and with everything that changes."""
    job = a_job(algorithm="ARGON2ID")
    await database.write(lambda tx: import_jobs.insert(tx, job))
    assert await database.read(lambda tx: import_jobs.get(tx, POOL, job.job_id)) == job
    changed = replace(
        job, status=Status.FAILED, started_ms=NOW + 1, completed_ms=NOW + 2, tally=Tally(2**40, 2, 3), message="m",
        upload_id="u", parts=7, rows=500_000, next_part=6,
    )  # fmt: skip
    await database.write(lambda tx: import_jobs.update(tx, changed))
    assert await database.write(lambda tx: import_jobs.held(tx, POOL, job.job_id)) == changed
    assert await database.read(lambda tx: import_jobs.get(tx, OTHER_POOL, job.job_id)) is None


async def test_pages_go_from_the_newest_back(database: Database) -> None:
    """Jobs of one moment in the order of their ids; those of other pools are not there."""
    jobs = [a_job(f"import-{number}", created_ms=NOW + number // 2) for number in range(7)]

    async def fill(tx: Tx) -> None:
        for job in (*jobs, a_job("import-9", OTHER_POOL)):
            await import_jobs.insert(tx, job)

    await database.write(fill)
    first = await database.read(lambda tx: import_jobs.page(tx, POOL, import_jobs.NEWEST, 4))
    behind = (first[-1].created_ms, first[-1].job_id)
    rest = await database.read(lambda tx: import_jobs.page(tx, POOL, behind, 4))
    assert [*first, *rest] == jobs[::-1]
    assert await database.read(lambda tx: import_jobs.count_of_pool(tx, POOL)) == 7


async def test_an_account_has_one_active_job(database: Database) -> None:
    """The key decides, whichever pools the jobs are of."""
    await database.write(lambda tx: import_jobs.activate(tx, "1", a_job()))
    with pytest.raises(UniqueViolation):
        await database.write(lambda tx: import_jobs.activate(tx, "1", a_job("import-2", OTHER_POOL)))
    assert await database.read(import_jobs.active) == [(POOL, "import-1")]
    assert await database.read(lambda tx: import_jobs.is_active_in(tx, POOL))
    assert not await database.read(lambda tx: import_jobs.is_active_in(tx, OTHER_POOL))
    await database.write(lambda tx: import_jobs.deactivate(tx, a_job()))
    await database.write(lambda tx: import_jobs.activate(tx, "1", a_job("import-2", OTHER_POOL)))


async def test_what_was_not_started_in_time_expires(database: Database) -> None:
    """To the millisecond, and only what waits."""
    jobs = {
        "old": a_job("import-old"),
        "young": a_job("import-young", created_ms=NOW + 1),
        "works": a_job("import-works", status=Status.IN_PROGRESS),
    }
    for job in jobs.values():
        await database.write(lambda tx, job=job: import_jobs.insert(tx, job))
    now_ms = NOW + STARTED_WITHIN_MS
    await database.write(lambda tx: import_jobs.expire(tx, now_ms))
    found = {
        name: await database.read(lambda tx, one=one: import_jobs.get(tx, POOL, one.job_id))
        for name, one in jobs.items()
    }
    assert found == {name: job.as_of(now_ms) for name, job in jobs.items()}
    assert found["old"] == replace(jobs["old"], status=Status.EXPIRED, message=EXPIRED, completed_ms=now_ms)


async def test_parts_and_logs_are_kept_and_go(database: Database) -> None:
    """Bytes with zeros survive; one upload goes without the other, and with the end of a job all of them."""
    job = a_job()
    parts = [SealedPart(number, number * 10, bytes(range(256))) for number in range(5)]

    async def fill(tx: Tx) -> None:
        await import_jobs.insert(tx, job)
        for upload in ("one", "two"):
            await import_files.put_parts(tx, POOL, job.job_id, upload, parts)
        for number in (2, 1, 3):
            await import_files.put_log(tx, POOL, job.job_id, number, bytes([number, 0]))

    await database.write(fill)
    assert await database.read(lambda tx: import_files.part(tx, POOL, job.job_id, "two", 3)) == parts[3]
    logs = await database.read(lambda tx: import_files.logs(tx, (POOL, job.job_id, 1), 5))
    assert [(number, bytes(told)) for number, told in logs] == [(2, b"\2\0"), (3, b"\3\0")]
    assert await database.write(lambda tx: import_files.drop_upload(tx, POOL, job.job_id, "one", 100)) == 5
    await database.write(lambda tx: import_files.drop_part(tx, POOL, job.job_id, "two", 4))
    assert await database.write(lambda tx: import_files.drop_left_over(tx, 100)) == 0
    await database.write(lambda tx: import_jobs.update(tx, replace(job, status=Status.STOPPED)))
    assert await database.write(lambda tx: import_files.drop_left_over(tx, 3)) == 3
    assert await database.write(lambda tx: import_files.drop_left_over(tx, 3)) == 1


async def test_a_deleted_pool_leaves_nothing(database: Database) -> None:
    """Its jobs go at once, their files and logs soon after."""

    async def fill(tx: Tx) -> None:
        await user_pools.insert(tx, a_pool())
        await import_jobs.insert(tx, a_job())
        await import_files.put_parts(tx, POOL, "import-1", "u", [SealedPart(0, 1, b"x")])
        await import_files.put_log(tx, POOL, "import-1", 1, b"x")

    await database.write(fill)
    await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    assert await left(database) == ["import_parts", "import_logs"]
    await database.write(lambda tx: expired.purge(tx, NOW, 100))
    assert await left(database) == []
