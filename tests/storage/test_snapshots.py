"""Snapshots: one moment of a store, on every engine, while others write."""

import errno

import pytest

from cognomen.storage.database import Database, NoSuchTable, Snapshot, Tx
from storage.stores import Store

pytestmark = pytest.mark.anyio
PUT = "insert into deleted_pools (pool_id, deleted_ms) values (?, ?)"
ALL = "select pool_id, deleted_ms from deleted_pools order by pool_id"


async def put(database: Database, *names: str) -> None:
    async def work(tx: Tx) -> None:
        for name in names:
            await tx.run(PUT, (name, 1))

    await database.write(work)


async def test_rows_come_in_batches(database: Database) -> None:
    """All of them, in order, never more at a time than were asked for."""
    await put(database, *(f"p{number}" for number in range(7)))

    async def look(snapshot: Snapshot) -> list[list[str]]:
        found = snapshot.batches("select pool_id from deleted_pools where deleted_ms = ? order by pool_id", (1,), 3)
        return [[name for (name,) in some] async for some in found]

    assert await database.snapshot(look) == [["p0", "p1", "p2"], ["p3", "p4", "p5"], ["p6"]]


async def test_what_is_written_meanwhile_does_not_show(shared_database: Database, shared_store: Store) -> None:
    """Not in what is read later, and the writer does not wait."""
    await put(shared_database, "before")
    other = await shared_store.open()

    async def look(snapshot: Snapshot) -> tuple[object, object]:
        first = await snapshot.all(ALL)
        await _written_by_another(shared_store)
        return first, [some async for some in snapshot.batches(ALL, (), 10)]

    try:
        assert await shared_database.snapshot(look) == ([("before", 1)], [[("before", 1)]])
        assert await other.read(lambda tx: tx.all(ALL)) == [("before", 1), ("meanwhile", 1)]
    finally:
        await other.close()


async def _written_by_another(store: Store) -> None:
    """By a connection of its own."""
    writing = await store.open()
    await put(writing, "meanwhile")
    await writing.close()


async def test_nothing_is_written(database: Database) -> None:
    """A snapshot ends as it began, and the store works afterwards, also where the look failed."""

    async def look(snapshot: Snapshot) -> None:
        await snapshot.all("select 1 from no_such_table")

    with pytest.raises(NoSuchTable):
        await database.snapshot(look)
    await put(database, "after")
    assert await database.read(lambda tx: tx.all(ALL)) == [("after", 1)]


async def test_what_fails_elsewhere_is_told_as_it_is(database: Database) -> None:
    """A full disk that a look writes to is no fault of the store."""
    full = OSError(errno.ENOSPC, "No space left on device")

    async def look(snapshot: Snapshot) -> None:
        await snapshot.all(ALL)
        raise full

    with pytest.raises(OSError, match="No space left") as fault:
        await database.snapshot(look)
    assert fault.value is full


async def test_a_snapshot_inside_a_write_is_a_fault(database: Database) -> None:
    """It would not see what the write has changed."""

    async def look(snapshot: Snapshot) -> None:
        await snapshot.all(ALL)

    async def work(tx: Tx) -> None:
        await tx.run(PUT, ("x", 1))
        await database.snapshot(look)

    with pytest.raises(AssertionError, match="inside an open write"):
        await database.write(work)
