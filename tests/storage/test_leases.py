"""One process at a time has a job, whoever asks in the same moment, and nobody has it for ever."""

import asyncio
from itertools import chain

import pytest

from cognomen.storage import leases
from cognomen.storage.database import Database
from cognomen.storage.leases import Lease
from storage.processes import race
from storage.samples import NOW
from storage.stores import Store

pytestmark = pytest.mark.anyio

MINUTE = 60_000
ANN, BEN = Lease("sweep", "ann", MINUTE), Lease("sweep", "ben", MINUTE)


async def take(database: Database, lease: Lease, now_ms: int) -> bool:
    return await database.write(lambda tx: leases.take(tx, lease, now_ms))


async def test_a_job_has_one_holder_until_its_time_ends(database: Database) -> None:
    """The first who asks has it; the second gets it in the millisecond in which the first one's time is over."""
    assert await take(database, ANN, NOW)
    assert not await take(database, BEN, NOW)
    assert not await take(database, BEN, NOW + MINUTE - 1)
    assert await take(database, BEN, NOW + MINUTE)
    assert not await take(database, ANN, NOW + MINUTE)


async def test_whoever_has_a_job_keeps_it_by_asking_again(database: Database) -> None:
    """Each time counts from the last question."""
    for turn in range(5):
        assert await take(database, ANN, NOW + turn * 40_000)
        assert not await take(database, BEN, NOW + turn * 40_000)


async def test_what_is_let_go_can_be_taken_at_once(database: Database) -> None:
    """Only its holder lets a job go."""
    assert await take(database, ANN, NOW)
    await database.write(lambda tx: leases.release(tx, BEN))
    assert not await take(database, BEN, NOW)
    await database.write(lambda tx: leases.release(tx, ANN))
    assert await take(database, BEN, NOW)


async def test_jobs_are_held_apart(database: Database) -> None:
    """Who has one job does not have another."""
    assert await take(database, ANN, NOW)
    assert await take(database, Lease("count", "ben", MINUTE), NOW)


async def test_a_clock_that_was_wrong_holds_up_nobody(database: Database) -> None:
    """STO-07, of leases: one that was taken by a clock ten years ahead is taken over by a right one; a day's step back
    of the holder's own clock takes nothing from it."""
    assert await take(database, ANN, NOW + 10 * 365 * 86_400_000)
    assert await take(database, BEN, NOW)
    assert await take(database, BEN, NOW - 86_400_000)
    assert not await take(database, ANN, NOW - 86_400_000)


async def test_of_many_in_one_moment_one_has_it(database: Database) -> None:
    """Fifty holders ask at once; one is told that it has the job."""
    asked = (take(database, Lease("sweep", f"h{number}", MINUTE), NOW) for number in range(50))
    assert sum(await asyncio.gather(*asked)) == 1


async def test_of_several_processes_one_has_it(shared_store: Store, shared_database: Database) -> None:
    """Two processes ask for 40 jobs each in the same moment: each job has one holder."""
    won = list(chain.from_iterable(race(shared_store, "take_jobs", 40)))
    assert sorted(map(str, won)) == sorted(f"job{number}" for number in range(40))
