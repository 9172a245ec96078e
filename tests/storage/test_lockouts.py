"""Wrong passwords in a row, as they are stored."""

from collections.abc import Callable

import pytest

from cognomen.domain.lockout import CLEAR, QUIET_MS, Standing, lock_ms
from cognomen.storage import expired, lockouts, migrate
from cognomen.storage.database import Database
from storage.processes import race
from storage.samples import NOW, OTHER_POOL, POOL, SUB
from storage.stores import SHARED_ENGINES, Store

pytestmark = pytest.mark.anyio


async def fail(database: Database, now_ms: int = NOW, subject: str = SUB, pool_id: str = POOL) -> Standing:
    return await database.write(lambda tx: lockouts.count_failure(tx, pool_id, subject, now_ms))


async def standing(database: Database, now_ms: int = NOW, subject: str = SUB, pool_id: str = POOL) -> Standing:
    return await database.read(lambda tx: lockouts.standing(tx, pool_id, subject, now_ms))


async def test_every_failure_locks_as_the_schedule_says(database: Database) -> None:
    """The statement and the schedule agree on twenty failures, each made when the lock before it ends."""
    now_ms = NOW
    for failures in range(1, 21):
        expected = Standing(now_ms + lock_ms(failures), failures)
        assert await fail(database, now_ms) == expected
        assert await standing(database, now_ms) == expected
        now_ms = expected.until_ms


async def test_quiet_makes_the_next_failure_the_first(database: Database) -> None:
    """A millisecond before the quiet time is over the failures add up, then they begin anew."""
    await fail(database)
    assert await standing(database, NOW + QUIET_MS) == CLEAR
    assert await fail(database, NOW + QUIET_MS - 1) == Standing(NOW + QUIET_MS - 1, 2)
    later = NOW + 2 * QUIET_MS
    assert await fail(database, later) == Standing(later, 1)


async def test_subjects_and_pools_are_apart(database: Database) -> None:
    """What is held against one says nothing of others, and forgiving one forgives nobody else."""
    await fail(database)
    await fail(database, subject="other")
    await fail(database, pool_id=OTHER_POOL)
    await database.write(lambda tx: lockouts.forgive(tx, POOL, SUB))
    assert await standing(database) == CLEAR
    assert await standing(database, subject="other") == Standing(NOW, 1)
    assert await standing(database, pool_id=OTHER_POOL) == Standing(NOW, 1)


async def test_what_is_forgotten_is_purged(database: Database) -> None:
    """Names that nobody has leave no rows behind: each goes once it means nothing, and not sooner."""
    await fail(database, NOW - QUIET_MS, "gone")
    await fail(database, NOW - QUIET_MS + 1, "stays")
    while await database.write(lambda tx: expired.purge(tx, NOW)):
        pass
    assert await database.read(lambda tx: tx.all("select subject from lockouts")) == [("stays",)]


@pytest.mark.parametrize("engine", SHARED_ENGINES)
async def test_no_failure_is_lost_between_processes(engine: str, empty_store: Callable[[str], Store]) -> None:
    """Two processes count forty failures of one account at once: each gets a number of its own."""
    store = empty_store(engine)
    database = await store.open()
    await migrate.run(database)
    counted = race(store, "fail_passwords", count=20)
    assert sorted(number for numbers in counted for number in numbers) == list(range(1, 41))
    assert await standing(database) == Standing(NOW + 900_000, 40)
    await database.close()
