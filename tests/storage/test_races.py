"""What happens exactly once, however many tasks and processes try in the same moment."""

import asyncio
from itertools import chain

import pytest

from cognomen.storage import codes, migrate, outbox
from cognomen.storage.database import Database, Tx
from storage.processes import race
from storage.racer import answer, count_up, lease, sign_up, spend
from storage.samples import NOW, POOL, a_code
from storage.stores import SHARED_ENGINES, Store

pytestmark = pytest.mark.anyio


async def put_codes(database: Database, count: int) -> None:
    async def work(tx: Tx) -> None:
        for number in range(count):
            await codes.put(tx, a_code(sub=str(number)))

    await database.write(work)


async def put_messages(database: Database, count: int) -> None:
    async def work(tx: Tx) -> None:
        for number in range(count):
            await outbox.put(tx, POOL, f"message{number:03}", b"sealed", NOW)

    await database.write(work)


async def test_tasks_spend_a_code_once(database: Database) -> None:
    """Of 30 calls in one moment with the right code one gets it."""
    await put_codes(database, 10)
    assert sorted(map(str, await spend(database, "", 10))) == sorted(map(str, range(10)))


async def test_processes_spend_a_code_once(shared_store: Store, shared_database: Database) -> None:
    """Each of 40 codes is spent by one of two processes."""
    await put_codes(shared_database, 40)
    won = list(chain.from_iterable(race(shared_store, "spend", 40)))
    assert sorted(won) == sorted(str(number) for number in range(40))


async def test_tasks_get_a_name_once(database: Database) -> None:
    """Of several sign-ups with one name in one moment one is made."""
    won = await asyncio.gather(*(sign_up(database, f"task{number}", 5) for number in range(4)))
    assert sorted(map(str, chain.from_iterable(won))) == [f"user{number}" for number in range(5)]


async def test_processes_get_a_name_once(shared_store: Store, shared_database: Database) -> None:
    """Each of 40 names goes to one of two processes, and no half account of the other one stays."""
    won = list(chain.from_iterable(race(shared_store, "sign_up", 40)))
    assert sorted(won) == sorted(f"user{number}" for number in range(40))
    assert await shared_database.read(lambda tx: tx.one("select count(*) from users")) == (40,)


async def test_tasks_count_without_gaps(database: Database) -> None:
    """Each of 40 tries in one moment gets a number of its own."""
    assert sorted(map(int, map(str, await count_up(database, "", 40)))) == list(range(1, 41))


async def test_processes_count_without_gaps(shared_store: Store, shared_database: Database) -> None:
    """Each of 80 tries from two processes gets a number of its own."""
    counted = list(chain.from_iterable(race(shared_store, "count_up", 40)))
    assert sorted(counted) == list(range(1, 81))


async def test_tasks_spend_a_session_once(database: Database) -> None:
    """Of 30 answers in one moment one for each session gets on."""
    assert sorted(map(str, await answer(database, "", 10))) == sorted(map(str, range(10)))


async def test_processes_spend_a_session_once(shared_store: Store, shared_database: Database) -> None:
    """Each of 40 sessions is answered in one of two processes."""
    won = list(chain.from_iterable(race(shared_store, "answer", 40)))
    assert sorted(won) == sorted(str(number) for number in range(40))


async def test_tasks_lease_a_message_once(database: Database) -> None:
    """Tasks that lease in one moment share the messages out."""
    await put_messages(database, 40)
    assert sorted(map(str, await lease(database, "", 0))) == [f"message{number:03}" for number in range(40)]


async def test_processes_lease_a_message_once(shared_store: Store, shared_database: Database) -> None:
    """Two processes share the messages out."""
    await put_messages(shared_database, 60)
    leased = list(chain.from_iterable(race(shared_store, "lease")))
    assert sorted(leased) == [f"message{number:03}" for number in range(60)]


@pytest.mark.parametrize("engine", SHARED_ENGINES)
def test_processes_migrate_once(engine: str, empty_store) -> None:
    """Of processes that begin on an empty store in one moment one applies each step, and all go on."""
    for _ in range(3):
        applied = race(empty_store(engine), "run_migrations", processes=3)
        assert sorted(chain.from_iterable(applied)) == [step.version for step in migrate.known()]
