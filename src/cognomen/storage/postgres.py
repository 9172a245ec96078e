"""PostgreSQL behind the Database protocol, over asyncpg; the only file that imports it.

Writes run in READ COMMITTED: racing calls on one row (a code, a counter, a name) queue for its lock and each decides
on what the one before left, instead of failing and starting over; every race is settled by a key or by one statement.
Engines that only know stronger levels (CockroachDB, Aurora DSQL) answer 40001 instead, and the work runs again.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from cognomen.storage.backoff import pauses
from cognomen.storage.database import (
    NoSuchTable,
    Row,
    StorageFailed,
    T,
    UniqueViolation,
    Work,
    refuse_commit_after_clash,
    refuse_inside_write,
    refuse_write_in_read,
)
from cognomen.transactions import write_is_open

Pause: TypeAlias = Callable[[float], Awaitable[None]]

CONNECT_SECONDS = 5.0
COMMAND_SECONDS = 5.0
RETRY_MS = 2000  # longer than a fail-over to a standby takes
STATEMENTS = 512  # more than this server has; each stays prepared on each connection

NOT_SERIALIZABLE = {"40001", "40P01"}
NOT_THERE = {"57P01", "57P02", "57P03", "53300"}  # shut down, crashed, starting up, full
# Processes that make one table in one moment clash on its name, which is a key like any other.
KEY_TAKEN = (asyncpg.UniqueViolationError, asyncpg.DuplicateTableError, asyncpg.DuplicateObjectError)
FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)  # and so TimeoutError


class _TryAgain(Exception):  # noqa: N818
    """Nothing was changed, and the same work may well succeed in a moment."""


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """A pooled connection that goes back as it is: nothing here ever changes the state of its session."""

    def get_reset_query(self) -> str:
        """Nothing, which saves a round trip after every call."""
        return ""


class PostgresDatabase:
    """A pool of connections; made by `open`."""

    def __init__(self, pool: asyncpg.Pool, pause: Pause) -> None:
        self._pool = pool
        self._pause = pause

    @classmethod
    async def open(
        cls, url: str, *, connections: int = 10, command_seconds: float = COMMAND_SECONDS, pause: Pause = asyncio.sleep
    ) -> "PostgresDatabase":
        """Connect; raises StorageFailed, which never quotes the URL, because it may hold a password."""
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=connections,
                timeout=CONNECT_SECONDS,
                command_timeout=command_seconds,
                statement_cache_size=STATEMENTS,
                max_cached_statement_lifetime=0,
                connection_class=_Connection,
                server_settings={"application_name": "cognomen"},
            )
        except (*FAULTS, ValueError) as fault:
            msg = f"PostgreSQL cannot be reached: {type(fault).__name__}"
            raise StorageFailed(msg) from fault
        return cls(pool, pause)

    async def read(self, work: Work[T]) -> T:
        """Run reads, each statement by itself; again where the connection breaks."""
        refuse_inside_write()
        return await self._until_done(lambda: self._read_once(work))

    async def write(self, work: Work[T]) -> T:
        """Run a transaction; again where the server says that nothing of it happened.

        Raises StorageFailed, too, where the connection broke during the commit: then nobody knows, and doing
        the work twice would be wrong.
        """
        refuse_inside_write()
        return await self._until_done(lambda: self._write_once(work))

    async def close(self) -> None:
        """Close every connection, by force where one hangs."""
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def _until_done(self, attempt: Callable[[], Awaitable[T]]) -> T:
        for seconds in pauses(first_ms=20, longest_ms=400, within_ms=RETRY_MS):
            try:
                return await attempt()
            except _TryAgain:
                await self._pause(seconds)
        try:
            return await attempt()
        except _TryAgain as last:
            msg = f"PostgreSQL stayed unable to do the work: {last}"
            raise StorageFailed(msg) from last

    async def _read_once(self, work: Work[T]) -> T:
        connection = await self._acquire()
        try:
            return await work(_PostgresTx(connection, writable=False))
        finally:
            await self._release(connection)

    async def _write_once(self, work: Work[T]) -> T:
        connection = await self._acquire()
        try:
            return await _transact(connection, work)
        finally:
            await self._release(connection)

    async def _acquire(self) -> PoolConnectionProxy:
        try:
            return await self._pool.acquire(timeout=CONNECT_SECONDS)
        except FAULTS as fault:
            _raise_named(fault, lost=isinstance(fault, asyncpg.PostgresError))
            raise

    async def _release(self, connection: PoolConnectionProxy) -> None:
        with suppress(*FAULTS):  # a broken connection is replaced at its next use
            await self._pool.release(connection)


class _PostgresTx:
    __slots__ = ("_connection", "_writable", "clashed")

    def __init__(self, connection: PoolConnectionProxy, *, writable: bool) -> None:
        self._connection = connection
        self._writable = writable
        self.clashed = False

    async def run(self, sql: str, values: Sequence[object] = ()) -> int:
        if not self._writable:
            refuse_write_in_read()
        try:
            tag: str = await self._connection.execute(translated(sql), *values)
        except FAULTS as fault:
            self._explain(fault)
            raise
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdecimal() else -1

    async def put_rows(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        if not self._writable:
            refuse_write_in_read()
        try:
            await self._connection.copy_records_to_table(table, columns=columns, records=rows)
        except FAULTS as fault:
            self._explain(fault)
            raise

    async def one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        try:
            record = await self._connection.fetchrow(translated(sql), *values)
        except FAULTS as fault:
            self._explain(fault)
            raise
        return None if record is None else tuple(record)

    async def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        try:
            records = await self._connection.fetch(translated(sql), *values)
        except FAULTS as fault:
            self._explain(fault)
            raise
        return [tuple(record) for record in records]

    def _explain(self, fault: Exception) -> None:
        self.clashed = self.clashed or isinstance(fault, KEY_TAKEN)
        _raise_named(fault, lost=_is_lost(self._connection, fault))


@lru_cache(maxsize=4 * STATEMENTS)
def translated(sql: str) -> str:
    """The statement as PostgreSQL takes it: numbered placeholders, and text columns that sort as on SQLite."""
    if sql.startswith(("create table", "alter table")):
        return re.sub(r"\btext\b", 'text collate "C"', sql)
    head, *rest = sql.split("?")
    return head + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))


async def _transact(connection: PoolConnectionProxy, work: Work[T]) -> T:
    tx = _PostgresTx(connection, writable=True)
    await tx.run("begin isolation level read committed")
    mark = write_is_open.set(True)
    try:
        answer = await work(tx)
        if tx.clashed:
            refuse_commit_after_clash()
    except BaseException:
        await _roll_back(connection)
        raise
    finally:
        write_is_open.reset(mark)
    await _commit(connection)
    return answer


async def _roll_back(connection: PoolConnectionProxy) -> None:
    """Leave the transaction; a connection that cannot is lost, and the server rolls back when it notices."""
    with suppress(*FAULTS):
        await connection.execute("rollback")


async def _commit(connection: PoolConnectionProxy) -> None:
    try:
        await connection.execute("commit")
    except FAULTS as fault:
        if getattr(fault, "sqlstate", None) in NOT_SERIALIZABLE:
            raise _TryAgain(str(fault)) from fault
        msg = f"PostgreSQL was lost during a commit, so that its outcome is unknown: {type(fault).__name__}"
        raise StorageFailed(msg) from fault


def _is_lost(connection: PoolConnectionProxy, fault: Exception) -> bool:
    """Whether the connection is of no use any more, so that nothing of its transaction can have stayed."""
    try:
        # asyncpg loses its way where the server takes leave of an idle connection in the very moment of its use.
        return connection.is_closed() or isinstance(fault, asyncpg.InternalClientError)
    except asyncpg.InterfaceError:  # closed, and taken back by the pool
        return True


def _raise_named(fault: Exception, *, lost: bool) -> None:
    """Raise what the fault means to us; return where it is a fault of the program, to be seen as it is."""
    state = getattr(fault, "sqlstate", None) or ""
    if isinstance(fault, KEY_TAKEN):
        raise UniqueViolation(fault.constraint_name or str(fault)) from fault
    if isinstance(fault, asyncpg.UndefinedTableError):
        raise NoSuchTable(str(fault)) from fault
    if isinstance(fault, TimeoutError):
        msg = "PostgreSQL took too long"
        raise StorageFailed(msg) from fault
    stale_plan = isinstance(fault, asyncpg.InvalidCachedStatementError)  # a migration ran meanwhile
    if lost or stale_plan or state in NOT_SERIALIZABLE | NOT_THERE or isinstance(fault, OSError) or state[:2] == "08":
        raise _TryAgain(f"{type(fault).__name__} {state}") from fault
    if isinstance(fault, asyncpg.PostgresError) and state[:2] in {"53", "54", "57", "58", "XX"}:
        msg = f"PostgreSQL failed: {type(fault).__name__} {state}"
        raise StorageFailed(msg) from fault
