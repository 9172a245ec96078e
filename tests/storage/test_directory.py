"""Pools and clients from memory: as fresh as promised, and never wrong after a change."""

import asyncio

import pytest

from cognomen import errors
from cognomen.domain.app_client import ClientSecret
from cognomen.storage import (
    app_clients,
    client_secrets,
    configuration,
    directory,
    freshness,
    provisioned_limits,
    user_pools,
)
from cognomen.storage.client_secrets import SealedSecret
from cognomen.storage.database import Database, StorageFailed, T, Tx, Work
from cognomen.storage.directory import Directory
from cognomen.storage.freshness import FRESH_MS
from storage.samples import NOW, OTHER_POOL, POOL, a_client, a_pool

pytestmark = pytest.mark.anyio


class Hands:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.ms = NOW

    def now_ms(self) -> int:
        return self.ms


class CountingDatabase:
    """The database given, counting its reads; each can be held up."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads = 0
        self.fails = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.knows_answer = asyncio.Event()

    async def read(self, work: Work[T]) -> T:
        self.reads += 1
        await asyncio.sleep(0)
        if self.fails:
            raise StorageFailed("away")
        answer = await self._database.read(work)
        self.knows_answer.set()
        await self.may_answer.wait()
        return answer

    async def write(self, work: Work[T]) -> T:
        return await self._database.write(work)

    async def close(self) -> None:
        raise NotImplementedError


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def counting(database: Database) -> CountingDatabase:
    async def fill(tx: Tx) -> None:
        await user_pools.insert(tx, a_pool())
        await app_clients.insert(tx, a_client("c1"))
        await app_clients.insert(tx, a_client("c2"))
        await client_secrets.insert(tx, POOL, "c1", SealedSecret("s1", b"one", NOW))
        await client_secrets.insert(tx, POOL, "c1", SealedSecret("s2", b"two", NOW + 1))

    await database.write(fill)
    return CountingDatabase(database)


@pytest.fixture
def looked_up(counting: CountingDatabase, clock: Hands) -> Directory:
    return Directory(counting, open_secret, clock.now_ms)


def open_secret(client_id: str, sealed: bytes) -> str:
    return f"{client_id} opened {sealed.decode()}"


async def rename(database: CountingDatabase, name: str) -> None:
    """What another process does when it changes a pool."""

    async def work(tx: Tx) -> None:
        await tx.run("update user_pools set name = ? where pool_id = ?", (name, POOL))
        await configuration.bump(tx)

    await database.write(work)


async def test_pools_and_clients_are_found(looked_up: Directory) -> None:
    """A pool comes as it was stored, a client with its secrets opened, oldest first."""
    assert await looked_up.pool(POOL) == a_pool()
    client = await looked_up.client("c1")
    assert (client.pool_id, client.client_id, client.settings) == (POOL, "c1", a_client("c1").settings)
    assert client.secrets == (
        ClientSecret("s1", "c1 opened one", NOW),
        ClientSecret("s2", "c1 opened two", NOW + 1),
    )
    assert (await looked_up.client("c2")).secrets == ()


@pytest.mark.parametrize("pool_id", [OTHER_POOL, "", "x" * 55])
async def test_an_unknown_pool_is_refused(looked_up: Directory, pool_id: str) -> None:
    """The refusal names the pool as AWS does."""
    with pytest.raises(errors.PoolDoesNotExist, match=f"^User pool {pool_id} does not exist"):
        await looked_up.pool(pool_id)


async def test_an_unknown_client_is_refused(looked_up: Directory) -> None:
    """The refusal names the client as AWS does."""
    with pytest.raises(errors.ClientDoesNotExist, match=r"^User pool client nobody does not exist\.$"):
        await looked_up.client("nobody")


async def test_what_is_remembered_costs_no_read(looked_up: Directory, counting: CountingDatabase, clock: Hands) -> None:
    """Within half a second nothing is read again; then one small read tells that nothing changed."""
    pool, client = await looked_up.pool(POOL), await looked_up.client("c1")
    before = counting.reads
    clock.ms += FRESH_MS - 1
    assert await looked_up.pool(POOL) is pool
    assert await looked_up.client("c1") is client
    assert counting.reads == before
    clock.ms += 1
    assert await looked_up.pool(POOL) is pool
    assert await looked_up.client("c1") is client
    assert counting.reads == before + 1


async def test_a_change_elsewhere_shows_within_a_second(
    looked_up: Directory, counting: CountingDatabase, clock: Hands
) -> None:
    """What another process changed, deleted or made is seen after half a second, and no later."""
    await looked_up.pool(POOL)
    await looked_up.client("c1")
    await rename(counting, "renamed")
    await counting.write(lambda tx: app_clients.delete(tx, POOL, "c1"))
    assert (await looked_up.pool(POOL)).name == "people"
    clock.ms += FRESH_MS
    assert (await looked_up.pool(POOL)).name == "renamed"
    with pytest.raises(errors.ClientDoesNotExist):
        await looked_up.client("c1")


async def test_a_clock_set_back_makes_nothing_fresh(
    looked_up: Directory, counting: CountingDatabase, clock: Hands
) -> None:
    """Where the clock jumps backwards the directory looks again instead of trusting its memory for hours."""
    await looked_up.pool(POOL)
    await rename(counting, "renamed")
    clock.ms -= 3_600_000
    assert (await looked_up.pool(POOL)).name == "renamed"


async def test_a_local_change_shows_at_once(looked_up: Directory, counting: CountingDatabase) -> None:
    """Whoever changes a pool in this process calls forget, and the next look-up reads it again."""
    await looked_up.pool(POOL)
    await rename(counting, "renamed")
    looked_up.forget()
    assert (await looked_up.pool(POOL)).name == "renamed"


async def test_a_read_that_a_change_overtook_is_not_remembered(
    looked_up: Directory, counting: CountingDatabase
) -> None:
    """A row read before a change and answered after it is not kept."""
    with pytest.raises(errors.PoolDoesNotExist):
        await looked_up.pool(OTHER_POOL)  # so that the version is known
    counting.may_answer.clear()
    counting.knows_answer.clear()
    slow = asyncio.create_task(looked_up.pool(POOL))
    await counting.knows_answer.wait()
    await rename(counting, "renamed")
    looked_up.forget()
    counting.may_answer.set()
    assert (await slow).name == "people"
    assert (await looked_up.pool(POOL)).name == "renamed"


async def test_many_calls_look_for_changes_once(
    looked_up: Directory, counting: CountingDatabase, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred calls that find the memory stale together ask the database once, however slow the machine is."""
    monkeypatch.setattr(freshness, "FRESH_MS", 600_000)
    await looked_up.pool(POOL)
    clock.ms += 600_000
    before = counting.reads
    await asyncio.gather(*(looked_up.pool(POOL) for _ in range(100)))
    assert counting.reads == before + 1


async def test_a_look_that_fails_fails_for_all_who_wait(
    looked_up: Directory, counting: CountingDatabase, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STO-05: a hundred calls wait together, not in turn, for a database that is away; nothing is taken for fresh."""
    monkeypatch.setattr(freshness, "FRESH_MS", 600_000)  # however slow the machine is
    await looked_up.pool(POOL)
    clock.ms += 600_000
    counting.fails = True
    before = counting.reads
    failed = await asyncio.gather(*(looked_up.pool(POOL) for _ in range(100)), return_exceptions=True)
    assert {type(one) for one in failed} == {StorageFailed}
    assert counting.reads == before + 1
    counting.fails = False
    await rename(counting, "renamed")
    assert (await looked_up.pool(POOL)).name == "renamed"


async def test_a_call_that_is_given_up_leaves_the_look_to_the_others(
    looked_up: Directory, counting: CountingDatabase, clock: Hands
) -> None:
    """Whoever waits for the same look gets its answer, though the call that began it is gone."""
    await looked_up.pool(POOL)
    clock.ms += FRESH_MS
    counting.may_answer.clear()
    counting.knows_answer.clear()
    cut_off = asyncio.create_task(looked_up.pool(POOL))
    await counting.knows_answer.wait()
    other = asyncio.create_task(looked_up.pool(POOL))
    await asyncio.sleep(0)
    cut_off.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cut_off
    before = counting.reads
    counting.may_answer.set()
    assert (await other).name == "people"
    assert counting.reads == before


async def test_slow_looks_are_few(looked_up: Directory, counting: CountingDatabase, clock: Hands) -> None:
    """STO-06: calls that come during a look that takes longer than what it finds is fresh share the one after it."""
    await looked_up.pool(POOL)
    clock.ms += FRESH_MS
    counting.may_answer.clear()
    counting.knows_answer.clear()
    calls = [asyncio.create_task(looked_up.pool(POOL))]
    await counting.knows_answer.wait()
    looked_up._fresh._began -= 2 * FRESH_MS / 1000  # as if it had begun a second ago
    clock.ms += 2 * FRESH_MS
    calls += [asyncio.create_task(looked_up.pool(POOL)) for _ in range(100)]
    await asyncio.sleep(0)
    before = counting.reads
    counting.may_answer.set()
    assert {pool.name for pool in await asyncio.gather(*calls)} == {"people"}
    assert counting.reads == before + 1


async def test_memory_is_bounded(
    looked_up: Directory, counting: CountingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unknown ids are not remembered at all, known ones up to a bound."""
    monkeypatch.setattr(directory, "REMEMBERED", 2)
    for number in range(5):
        with pytest.raises(errors.ClientDoesNotExist):
            await looked_up.client(f"unknown{number}")
    assert looked_up._clients == {}
    await counting.write(lambda tx: app_clients.insert(tx, a_client("c3")))
    for client_id in ("c1", "c2", "c3", "c1"):
        assert (await looked_up.client(client_id)).client_id == client_id
        assert len(looked_up._clients) <= 2


async def set_limit(database: CountingDatabase, rate: int) -> None:
    """What another process does when it sets a provisioned limit."""

    async def work(tx: Tx) -> None:
        await provisioned_limits.put(tx, "UserRead", rate, NOW)
        await configuration.bump(tx)

    await database.write(work)


async def test_provisioned_limits_are_as_fresh_as_pools(
    looked_up: Directory, counting: CountingDatabase, clock: Hands
) -> None:
    """With the next look-up those of another process show after half a second, and at once after forget."""
    await set_limit(counting, 300)
    assert looked_up.provisioned == {}
    await looked_up.pool(POOL)
    assert looked_up.provisioned == {"UserRead": 300}
    await set_limit(counting, 400)
    clock.ms += FRESH_MS - 1
    await looked_up.pool(POOL)
    assert looked_up.provisioned == {"UserRead": 300}
    clock.ms += 1
    await looked_up.pool(POOL)
    assert looked_up.provisioned == {"UserRead": 400}
    await set_limit(counting, 500)
    looked_up.forget()
    await looked_up.pool(POOL)
    assert looked_up.provisioned == {"UserRead": 500}


async def test_a_look_that_a_change_overtook_is_repeated(
    looked_up: Directory, counting: CountingDatabase, clock: Hands
) -> None:
    """A limit that was read before a change in this process and answered after it holds for that one call."""
    await set_limit(counting, 300)
    await looked_up.pool(POOL)
    clock.ms += FRESH_MS
    counting.may_answer.clear()
    counting.knows_answer.clear()
    slow = asyncio.create_task(looked_up.pool(POOL))
    await counting.knows_answer.wait()
    await set_limit(counting, 400)
    looked_up.forget()
    counting.may_answer.set()
    await slow
    await looked_up.pool(POOL)
    assert looked_up.provisioned == {"UserRead": 400}
