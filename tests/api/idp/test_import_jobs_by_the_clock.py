"""User import jobs: what ends by the clock, and the quota of a pool."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.idp.importing import created, csv_of, described, ended, header_of, imported, prepared, upload, user
from conftest import Pool, sdk_client
from served import serve
from stopped import cognito, server

__all__ = ["cognito", "server"]

QUARTER, DAY = 900, 86_400


def kept(pool: Any, table: str) -> int:
    """How many rows there are of the pool in a table."""
    database = pool.server.application.world.database
    statement = f"select count(*) from {table} where pool_id = ?"
    row = pool.server.run(database.read(lambda tx: tx.one(statement, (pool.pool_id,))))
    return int(row[0])


def test_the_address_works_for_15_minutes(pool):
    """Then S3's words tell that the request has expired; the job can be started all the same."""
    job, late = prepared(pool, user("ann")), created(pool)
    pool.server.advance(QUARTER - 1)
    assert upload(late, "x").status == 200
    pool.server.advance(1)
    answer = upload(late, "x")
    assert (answer.status, b"Request has expired" in answer.data) == (403, True)
    pool.cognito.start_user_import_job(UserPoolId=pool.pool_id, JobId=job["JobId"])
    assert ended(pool, job)["Status"] == "Succeeded"


def test_a_job_that_is_not_started_expires(pool):
    """A day later it is over, whoever asks first, and its file is gone a moment later."""
    job = prepared(pool, user("ann"))
    assert kept(pool, "import_parts") == 2
    pool.server.advance(DAY)
    shown = described(pool, job)
    assert (shown["Status"], shown["CompletionMessage"]) == ("Expired", "The user import job has expired.")
    assert (shown["CompletionDate"] - shown["CreationDate"]).total_seconds() == DAY
    listed = pool.cognito.list_user_import_jobs(UserPoolId=pool.pool_id, MaxResults=1)["UserImportJobs"]
    assert listed[0]["Status"] == "Expired"
    with pytest.raises(pool.cognito.exceptions.PreconditionNotMetException, match="its status is Expired"):
        pool.cognito.start_user_import_job(UserPoolId=pool.pool_id, JobId=job["JobId"])
    world = pool.server.application.world
    while kept(pool, "import_parts"):
        pool.server.loop.call_soon_threadsafe(world.import_bell.ring)


def test_nothing_of_a_file_stays_when_its_job_is_over(pool):
    """Neither rows of users nor hashes: the parts went as they were imported, and the header with the end."""
    imported(pool, *(user(f"user{number}") for number in range(500)))
    world = pool.server.application.world
    while kept(pool, "import_parts"):
        pool.server.loop.call_soon_threadsafe(world.import_bell.ring)
    assert kept(pool, "import_logs") > 0


def test_nothing_of_a_file_can_be_read_in_the_store(pool):
    """Parts are sealed under the master key while they wait."""
    job = created(pool)
    upload(job, csv_of(header_of(pool), [user("annabel-the-first", name="Very Secret")]))
    database = pool.server.application.world.database
    rows = pool.server.run(database.read(lambda tx: tx.all("select sealed from import_parts")))
    assert rows
    assert not [sealed for (sealed,) in rows if b"Secret" in bytes(sealed) or b"annabel-" in bytes(sealed)]


@pytest.fixture
def narrow() -> Iterator[Pool]:
    with serve(**{"quotas.import_jobs_per_pool": "2"}) as served:
        made = sdk_client(served.url)
        pool_id = made.create_user_pool(PoolName="narrow")["UserPool"]["Id"]
        yield Pool(made, served, pool_id, "", None)


def test_a_pool_has_no_more_jobs_than_its_quota(narrow):
    """One too many is LimitExceededException, also when the others are over."""
    for _ in range(2):
        created(narrow)
    with pytest.raises(narrow.cognito.exceptions.LimitExceededException, match="more than 2 user import jobs"):
        created(narrow)
