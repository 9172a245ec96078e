"""SQLite behind the Database protocol: the standard library's driver, inline in the event loop.

A statement costs microseconds, less than handing it to a thread would. Work runs from begin to commit without a
pause, so no task of this process ever sees another one's open transaction; other processes are kept out by SQLite.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Literal, TypeAlias

from cognomen.storage.backoff import pauses
from cognomen.storage.database import (
    Look,
    NoSuchTable,
    Row,
    StorageFailed,
    StoreFull,
    T,
    UniqueViolation,
    Work,
    refuse_commit_after_clash,
    refuse_inside_write,
    refuse_write_in_read,
)
from cognomen.storage.line import Line
from cognomen.transactions import write_is_open

Synchronous: TypeAlias = Literal["full", "normal", "off"]
Pause: TypeAlias = Callable[[float], Awaitable[None]]

MEMORY = ":memory:"
NEEDED = (3, 35)  # the first SQLite with RETURNING
BUSY_MS = 4000  # so that a caller is answered within five seconds
KEY_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID}
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
FAILURES = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL,
}


class _Busy(StorageFailed):
    """Another process holds the lock; a later try may get it."""


class SqliteDatabase:
    """One connection for everything: a second one would drop its page cache after every write of the first."""

    def __init__(self, path: str, synchronous: Synchronous = "full", pause: Pause = asyncio.sleep) -> None:
        self.line = Line()
        self._pause = pause
        try:
            self._connection = _connect(path, synchronous)
        except sqlite3.Error as fault:
            msg = f"SQLite cannot open {path}: {fault}"
            raise StorageFailed(msg) from fault
        self._reading = _SqliteTx(self._connection, writable=False)

    async def read(self, work: Work[T]) -> T:
        """Run reads."""
        refuse_inside_write()
        try:
            return _at_once(work(self._reading))
        except _Busy:
            return await self._again(lambda: _at_once(work(self._reading)))

    async def write(self, work: Work[T]) -> T:
        """Run a write transaction; waits up to 4 s for other processes, without holding up the event loop."""
        refuse_inside_write()
        try:
            return self._transact(work)
        except _Busy:
            return await self._again(lambda: self._transact(work))

    async def snapshot(self, look: Look[T]) -> T:
        """Run reads of one moment, which the write-ahead log keeps meanwhile."""
        refuse_inside_write()
        self._execute("begin")
        try:
            return _at_once(look(self._reading))
        finally:
            self._roll_back()

    async def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        self._connection.close()

    async def _again(self, attempt: Callable[[], T]) -> T:
        with self.line.place():
            for seconds in pauses(first_ms=1, longest_ms=50, within_ms=BUSY_MS):
                await self._pause(seconds)
                with suppress(_Busy):
                    return attempt()
            return attempt()

    def _transact(self, work: Work[T]) -> T:
        self._execute("begin immediate")
        tx = _SqliteTx(self._connection, writable=True)
        mark = write_is_open.set(True)
        try:
            answer = _at_once(work(tx))
            if tx.clashed:
                refuse_commit_after_clash()
            self._execute("commit")
        except BaseException:
            self._roll_back()
            raise
        finally:
            write_is_open.reset(mark)
        return answer

    def _roll_back(self) -> None:
        # After a full disk SQLite may have rolled back by itself. A rollback ends the transaction even when it fails.
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.execute("rollback")

    def _execute(self, sql: str) -> None:
        try:
            self._connection.execute(sql)
        except sqlite3.Error as fault:
            _raise_named(fault)
            raise


class _SqliteTx:
    __slots__ = ("_connection", "_writable", "clashed")

    def __init__(self, connection: sqlite3.Connection, *, writable: bool) -> None:
        self._connection = connection
        self._writable = writable
        self.clashed = False

    async def run(self, sql: str, values: Sequence[object] = ()) -> int:
        if not self._writable:
            refuse_write_in_read()
        try:
            return self._connection.execute(sql, values).rowcount
        except sqlite3.Error as fault:
            self._explain(fault)
            raise

    async def put_rows(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        if not self._writable:
            refuse_write_in_read()
        blanks = ", ".join("?" * len(columns))
        try:
            self._connection.executemany(f"insert into {table} ({', '.join(columns)}) values ({blanks})", rows)  # noqa: S608
        except sqlite3.Error as fault:
            self._explain(fault)
            raise

    async def one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        try:
            row: Row | None = self._connection.execute(sql, values).fetchone()
        except sqlite3.Error as fault:
            self._explain(fault)
            raise
        return row

    async def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as fault:
            self._explain(fault)
            raise

    async def batches(self, sql: str, values: Sequence[object], size: int) -> AsyncIterator[list[Row]]:
        try:
            cursor = self._connection.execute(sql, values)
            while rows := cursor.fetchmany(size):
                yield rows
        except sqlite3.Error as fault:
            self._explain(fault)
            raise

    def _explain(self, fault: sqlite3.Error) -> None:
        self.clashed = self.clashed or _code(fault) in KEY_TAKEN
        _raise_named(fault)


def _connect(path: str, synchronous: Synchronous) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < NEEDED:
        msg = f"SQLite {sqlite3.sqlite_version} is too old: 3.35 or newer is needed"
        raise StorageFailed(msg)
    if path != MEMORY:
        _make_private(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.execute(f"pragma busy_timeout={BUSY_MS}")
    if path != MEMORY and not _keeps_a_log(connection):
        msg = f"SQLite cannot keep a write-ahead log beside {path}: it is locked, or on a network file system"
        raise StorageFailed(msg)
    # No mmap_size: it saves 0.4 µs a read, and an I/O error on a mapped page kills the process.
    connection.execute(f"pragma synchronous={synchronous}")
    connection.execute("pragma cache_size=-65536")
    connection.execute("pragma journal_size_limit=67108864")
    connection.execute("pragma temp_store=memory")
    connection.execute("pragma trusted_schema=off")
    # From here on a busy lock is waited for by the event loop, which has other things to do.
    connection.execute("pragma busy_timeout=0")
    return connection


def _keeps_a_log(connection: sqlite3.Connection) -> bool:
    """Switch to the write-ahead log; SQLite gives up at once where two processes do so in one moment."""
    for seconds in pauses(first_ms=1, longest_ms=50, within_ms=BUSY_MS):
        try:
            return bool(connection.execute("pragma journal_mode=wal").fetchone()[0] == "wal")
        except sqlite3.OperationalError as fault:
            if _code(fault) & 0xFF not in BUSY:
                raise
        time.sleep(seconds)  # before the server serves, so that nobody is held up
    return False


def _make_private(path: str) -> None:
    """Create the file readable by its owner alone; SQLite gives its log the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as fault:
        msg = f"SQLite cannot open {path}: {fault.strerror}"
        raise StorageFailed(msg) from fault


def _at_once(awaitable: Awaitable[T]) -> T:
    """Run to the end in one go; raises AssertionError where the work waits for anything but its Tx."""
    steps = awaitable.__await__()
    try:
        next(steps)
    except StopIteration as end:
        answer: T = end.value
        return answer
    steps.close()
    msg = "work in a transaction waited for something other than its Tx"
    raise AssertionError(msg)


def _code(fault: sqlite3.Error) -> int:
    return getattr(fault, "sqlite_errorcode", 0)


def _raise_named(fault: sqlite3.Error) -> None:
    code = _code(fault)
    if code in KEY_TAKEN:
        raise UniqueViolation(str(fault)) from fault
    if code & 0xFF in BUSY:
        msg = "SQLite stayed locked by another process"
        raise _Busy(msg) from fault
    if code & 0xFF == sqlite3.SQLITE_FULL:
        msg = "the disk of the store is full"
        raise StoreFull(msg) from fault
    if code & 0xFF in FAILURES:
        msg = f"SQLite failed: {fault}"
        raise StorageFailed(msg) from fault
    if code == sqlite3.SQLITE_ERROR and str(fault).startswith("no such table"):
        raise NoSuchTable(str(fault)) from fault
