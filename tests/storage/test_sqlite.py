"""What SQLite promises beyond the protocol: work never pauses, other processes are waited for, disks may fail."""

import asyncio
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cognomen.storage import migrate
from cognomen.storage.backoff import pauses
from cognomen.storage.database import StorageFailed, Tx
from cognomen.storage.sqlite import BUSY_MS, MEMORY, SqliteDatabase

pytestmark = pytest.mark.anyio

PUT = "insert into counters (name, value) values (?, ?)"


async def names(database: SqliteDatabase) -> set[str]:
    return {row[0] for row in await database.read(lambda tx: tx.all("select name from counters"))}


def files_of(database: Path) -> dict[str, int]:
    """The files that make up a database, and their modes."""
    return {file.name: file.stat().st_mode & 0o777 for file in database.parent.glob(f"{database.name}*")}


async def pragma(database: SqliteDatabase, name: str) -> object:
    row = await database.read(lambda tx: tx.one(f"pragma {name}"))
    assert row is not None
    return row[0]


async def test_work_that_waits_for_anything_else_is_refused(on_sqlite: SqliteDatabase) -> None:
    """Work cannot let other tasks in between: waiting for anything but the Tx fails loudly and rolls back."""

    async def work(tx: Tx) -> None:
        await tx.run(PUT, ("a", 1))
        await asyncio.sleep(0)

    with pytest.raises(AssertionError, match="other than its Tx"):
        await on_sqlite.write(work)
    with pytest.raises(AssertionError, match="other than its Tx"):
        await on_sqlite.read(lambda _: asyncio.sleep(0))
    assert await names(on_sqlite) == set()


async def test_settings_that_durability_rests_on(on_sqlite: SqliteDatabase, tmp_path: Path) -> None:
    """By default a commit is on disk when it is acknowledged; a setting may lower that."""
    assert await pragma(on_sqlite, "journal_mode") == "wal"
    assert await pragma(on_sqlite, "synchronous") == 2
    lowered = SqliteDatabase(str(tmp_path / "lowered.db"), "normal")
    assert await pragma(lowered, "synchronous") == 1
    await lowered.close()


async def test_files_are_private(on_sqlite: SqliteDatabase, tmp_path: Path) -> None:
    """Only the owner can read the database and its log."""
    await on_sqlite.write(lambda tx: tx.run(PUT, ("a", 1)))
    assert files_of(tmp_path / "cognomen.db") == {
        "cognomen.db": 0o600,
        "cognomen.db-wal": 0o600,
        "cognomen.db-shm": 0o600,
    }


async def test_memory_databases_are_apart() -> None:
    """Each database in memory is its own, and gone when it is closed."""
    one, other = SqliteDatabase(MEMORY), SqliteDatabase(MEMORY)
    await migrate.run(one)
    await migrate.run(other)
    await one.write(lambda tx: tx.run(PUT, ("a", 1)))
    assert await names(one) == {"a"}
    assert await names(other) == set()
    await one.close()
    await other.close()


async def test_a_reopened_file_holds_what_was_written(on_sqlite: SqliteDatabase, tmp_path: Path) -> None:
    """Closing folds the log into the file; opening it again finds everything."""
    await on_sqlite.write(lambda tx: tx.run(PUT, ("a", 1)))
    await on_sqlite.close()
    assert list(files_of(tmp_path / "cognomen.db")) == ["cognomen.db"]
    again = SqliteDatabase(str(tmp_path / "cognomen.db"))
    assert await names(again) == {"a"}
    await again.close()


@pytest.mark.parametrize("content", [b"this is no database, but long enough to look like one" * 100, None])
async def test_what_is_no_database_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """STO-12: A file of something else, or a path that cannot be opened, is a StorageFailed that says which."""
    path = tmp_path / "other.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(StorageFailed, match=r"cannot open .*other\.db"):
        SqliteDatabase(str(path))


# Other processes


@contextmanager
def locked_by_another(path: Path) -> Iterator[sqlite3.Connection]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    try:
        yield other
    finally:
        other.close()


async def test_a_busy_lock_is_waited_for_by_the_event_loop(on_sqlite: SqliteDatabase, tmp_path: Path) -> None:
    """While another process writes, a write waits without holding up other tasks, and then goes through."""
    waits: list[float] = []
    with locked_by_another(tmp_path / "cognomen.db") as other:

        async def pause(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                other.execute("commit")

        waiting = SqliteDatabase(str(tmp_path / "cognomen.db"), pause=pause)
        await waiting.write(lambda tx: tx.run(PUT, ("a", 1)))
        await waiting.close()
    assert len(waits) == 3
    assert await names(on_sqlite) == {"a"}


async def test_a_lock_that_stays_is_given_up_on(on_sqlite: SqliteDatabase, tmp_path: Path) -> None:
    """After five seconds in all a write gives up with StorageFailed; reads go on meanwhile."""
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    waiting = SqliteDatabase(str(tmp_path / "cognomen.db"), pause=pause)
    with locked_by_another(tmp_path / "cognomen.db"):
        with pytest.raises(StorageFailed, match="stayed locked"):
            await waiting.write(lambda tx: tx.run(PUT, ("a", 1)))
        assert await names(waiting) == set()
    assert BUSY_MS <= round(1000 * sum(waits)) < BUSY_MS + 100
    await waiting.write(lambda tx: tx.run(PUT, ("a", 1)))
    await waiting.close()
    assert await names(on_sqlite) == {"a"}


def test_pauses_grow_and_end() -> None:
    """Pauses double up to the longest one, each at most half shortened by chance, and end within the time given."""
    waits = list(pauses(first_ms=1, longest_ms=50, within_ms=BUSY_MS))
    nominal = [1, 2, 4, 8, 16, 32] + [50] * (len(waits) - 6)
    assert all(whole / 2 <= 1000 * wait <= whole for wait, whole in zip(waits, nominal, strict=True))
    assert round(1000 * sum(waits)) >= BUSY_MS > round(1000 * sum(waits[:-1]))


# Disks


async def test_a_full_disk_loses_nothing_and_passes(on_sqlite: SqliteDatabase) -> None:
    """Where no page is left a write fails by name and is undone; with room again the same connection goes on."""
    await on_sqlite.write(lambda tx: tx.run(PUT, ("kept", 1)))
    pages = await pragma(on_sqlite, "page_count")
    await pragma(on_sqlite, f"max_page_count = {pages}")

    async def fill(tx: Tx) -> None:
        for number in range(1000):
            await tx.run(PUT, (f"filling{number:0100}", number))

    with pytest.raises(StorageFailed, match="full"):
        await on_sqlite.write(fill)
    assert await names(on_sqlite) == {"kept"}
    await pragma(on_sqlite, "max_page_count = 1000000")
    await on_sqlite.write(fill)
    assert len(await names(on_sqlite)) == 1001


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Make the operating system refuse longer writes, as a broken disk or an exhausted quota does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    was = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, was)


async def test_a_failing_disk_loses_nothing_and_passes(on_sqlite: SqliteDatabase, tmp_path: Path) -> None:
    """Where the operating system refuses to write, the write fails by name; nothing acknowledged is lost."""
    await on_sqlite.write(lambda tx: tx.run(PUT, ("kept", 1)))
    log = tmp_path / "cognomen.db-wal"
    with files_no_larger_than(log.stat().st_size + 100):
        for _ in range(3):
            with pytest.raises(StorageFailed, match=r"I/O|full"):
                await on_sqlite.write(lambda tx: tx.run(PUT, ("lost", 1)))
            assert await names(on_sqlite) == {"kept"}
    await on_sqlite.write(lambda tx: tx.run(PUT, ("after", 1)))
    assert await names(on_sqlite) == {"kept", "after"}
    assert await pragma(on_sqlite, "integrity_check") == "ok"
