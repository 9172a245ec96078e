"""PostgreSQL behind the Database protocol, over asyncpg, which is imported by the files called postgres alone.

Writes run in READ COMMITTED: racing calls on one row (a code, a counter, a name) queue for its lock and each decides
on what the one before left, instead of failing and starting over; every race is settled by a key or by one statement.
Engines that only know stronger levels (CockroachDB, Aurora DSQL) answer 40001 instead, and the work runs again.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any, TypeAlias
from weakref import WeakSet

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from asyncpg.transaction import Transaction

from cognomen.storage.backoff import pauses
from cognomen.storage.database import (
    Look,
    Row,
    StorageFailed,
    T,
    Work,
    refuse_commit_after_clash,
    refuse_inside_write,
    refuse_write_in_read,
)
from cognomen.storage.line import Line
from cognomen.storage.patience import LEAST_SECONDS, counted, refuse_in_vain, wait
from cognomen.storage.postgres_faults import (
    ELSEWHERE,
    FAULTS,
    KEY_TAKEN,
    NOT_SERIALIZABLE,
    UNHEARD,
    ReadOnly,
    Silent,
    TryAgain,
    is_lost,
    raise_named,
)
from cognomen.storage.postgres_hosts import Hosts
from cognomen.tasks import become_a_task
from cognomen.transactions import write_is_open

Pause: TypeAlias = Callable[[float], Awaitable[None]]

CLOSE_SECONDS = 4.0
ON_THE_SERVER = 0.8  # of a statement's time: PostgreSQL ends a statement itself, so that silence means that it is away
RETRY_MS = 2000  # longer than a fail-over to a standby takes
STATEMENTS = 512  # more than this server has; each stays prepared on each connection

PATIENTLY = "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0"


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """A pooled connection that goes back as it is: nothing here ever changes the state of its session."""

    warned = False

    def get_reset_query(self) -> str:
        """Nothing, which saves a round trip after every call."""
        return ""

    def is_idle(self) -> bool:
        """Whether it is in nobody's hands."""
        return self._proxy is None

    def was_warned(self) -> bool:
        """Whether PostgreSQL has warned since this was last asked."""
        warned, self.warned = self.warned, False
        return warned

    def _process_log_message(self, fields: Any, last_query: Any) -> None:
        """Notice warnings; one comes instead of an error where a commit did not wait for the standby."""
        self.warned = self.warned or fields.get("V") == "WARNING"
        super()._process_log_message(fields, last_query)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that are waited for a connection, and for one statement."""

    connect_s: float = 4.0  # so that a caller is answered within five, whatever is away
    statement_s: float = 4.0


LIMITS = Limits()


class PostgresDatabase:
    """A pool of connections; made by `open`."""

    def __init__(self, pool: asyncpg.Pool, known: "WeakSet[_Connection]", limits: Limits, pause: Pause) -> None:
        self._pool = pool
        self._known = known
        self._limits = limits
        self._pause = pause
        self._clearing: set[asyncio.Task[None]] = set()
        self.line = Line()

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        connections: int = 10,
        limits: Limits = LIMITS,
        pause: Pause = asyncio.sleep,
    ) -> "PostgresDatabase":
        """Connect; raises StorageFailed, which never quotes the URL, because it may hold a password."""
        known: WeakSet[_Connection] = WeakSet()

        async def remember(connection: _Connection) -> None:
            known.add(connection)

        try:
            pool = asyncpg.create_pool(
                url,
                connect=Hosts(url).connect,
                init=remember,
                min_size=0,
                max_size=connections,
                timeout=limits.connect_s,
                command_timeout=limits.statement_s,
                statement_cache_size=STATEMENTS,
                max_cached_statement_lifetime=0,
                connection_class=_Connection,
                server_settings=_session(limits.statement_s),
            )
            await pool
            async with pool.acquire(timeout=limits.connect_s):
                pass
        except (*FAULTS, ValueError) as fault:
            msg = f"PostgreSQL cannot be reached: {type(fault).__name__}"
            raise StorageFailed(msg) from fault
        return cls(pool, known, limits, pause)

    async def read(self, work: Work[T]) -> T:
        """Run reads, each statement by itself; again where the connection breaks."""
        refuse_inside_write()
        return await self._until_done(lambda give_up: self._read_once(work, give_up))

    async def write(self, work: Work[T]) -> T:
        """Run a transaction; again where the server says that nothing of it happened.

        Raises StorageFailed, too, where the connection broke during the commit: then nobody knows, and doing
        the work twice would be wrong.
        """
        refuse_inside_write()
        return await self._until_done(lambda give_up: self._write_once(work, give_up))

    async def snapshot(self, look: Look[T]) -> T:
        """Run reads in one REPEATABLE READ transaction."""
        refuse_inside_write()
        try:
            return await self._look_once(look)
        except TryAgain as lost:
            msg = f"PostgreSQL was lost while it was read: {lost}"
            raise StorageFailed(msg) from lost

    async def close(self) -> None:
        """Close every connection, by force where one hangs."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def _until_done(self, attempt: Callable[[float], Awaitable[T]]) -> T:
        """Try until it is done; `attempt` takes the time.monotonic at which to stop waiting for a connection."""
        give_up = self._give_up()
        left = pauses(first_ms=20, longest_ms=400, within_ms=RETRY_MS)
        while True:
            try:
                return await attempt(give_up)
            except TryAgain as fault:
                pause_s = next(left, None)
                if pause_s is None:
                    msg = f"PostgreSQL stayed unable to do the work: {fault}"
                    raise StorageFailed(msg) from fault
            with counted():
                await self._pause(pause_s)

    def _give_up(self) -> float:
        return monotonic() + self._limits.connect_s

    async def _read_once(self, work: Work[T], give_up: float) -> T:
        async with self._connection(give_up) as connection:
            return await work(_PostgresTx(connection, self._limits.statement_s, writable=False))

    async def _write_once(self, work: Work[T], give_up: float) -> T:
        async with self._connection(give_up) as connection:
            return await _transact(connection, self._limits.statement_s, work)

    async def _look_once(self, look: Look[T]) -> T:
        async with self._connection(self._give_up()) as connection:
            moment = connection.transaction(isolation="repeatable_read", readonly=True)
            await _begin(connection, moment)
            try:
                return await look(_PostgresTx(connection, self._limits.statement_s, writable=False))
            finally:
                with suppress(*FAULTS):
                    await moment.rollback()

    @asynccontextmanager
    async def _connection(self, give_up: float) -> AsyncIterator[PoolConnectionProxy]:
        connection = await self._acquire(give_up)
        try:
            yield connection
        except UNHEARD as fault:
            self._behind(self._clear(connection))
            if isinstance(fault, Silent):
                self._hang_up_idle()
            raise
        except ReadOnly:
            _hang_up(connection)
            self._hang_up_idle()
            await self._release(connection)
            raise
        except BaseException:
            await self._release(connection)
            raise
        await self._release(connection)

    async def _release(self, connection: PoolConnectionProxy) -> None:
        with suppress(*FAULTS):  # a broken connection is replaced at its next use
            await self._pool.release(connection)

    async def _clear(self, connection: PoolConnectionProxy) -> None:
        """Have PostgreSQL give up what was asked last, which asyncpg has begun to tell it, and start anew."""
        await _roll_back(connection)
        await self._release(connection)

    def _behind(self, work: Coroutine[None, None, None]) -> None:
        """Do it while the caller goes on, who has waited long enough."""
        task = asyncio.create_task(work)
        self._clearing.add(task)
        task.add_done_callback(self._clearing.discard)

    async def _acquire(self, give_up: float) -> PoolConnectionProxy:
        await become_a_task()  # asyncpg limits times
        seconds = max(LEAST_SECONDS, give_up - monotonic())
        try:
            with wait(seconds, in_line=True) as most_s, self.line.place():
                return await self._pool.acquire(timeout=most_s)
        except FAULTS as fault:
            raise_named(fault, lost=isinstance(fault, ELSEWHERE))
            raise

    def _hang_up_idle(self) -> None:
        """Others lead to the same place: the next calls need not find out one by one."""
        for connection in list(self._known):
            if connection.is_idle() and not connection.is_closed():
                connection.terminate()


class _PostgresTx:
    __slots__ = ("_connection", "_longest_s", "_writable", "clashed")

    def __init__(self, connection: PoolConnectionProxy, longest_s: float, *, writable: bool) -> None:
        self._connection = connection
        self._longest_s = longest_s
        self._writable = writable
        self.clashed = False

    async def run(self, sql: str, values: Sequence[object] = ()) -> int:
        if not self._writable:
            refuse_write_in_read()
        tag: str = await self._ask(self._connection.execute, sql, values)
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
        record = await self._ask(self._connection.fetchrow, sql, values)
        return None if record is None else tuple(record)

    async def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return [tuple(record) for record in await self._ask(self._connection.fetch, sql, values)]

    async def batches(self, sql: str, values: Sequence[object], size: int) -> AsyncIterator[list[Row]]:
        try:
            cursor = await self._connection.cursor(translated(sql), *values)
            while records := await cursor.fetch(size):
                yield [tuple(record) for record in records]
        except FAULTS as fault:
            self._explain(fault)
            raise

    async def _ask(self, ask: Callable[..., Awaitable[Any]], sql: str, values: Sequence[object]) -> Any:
        try:
            with wait(self._longest_s) as most_s:
                return await ask(translated(sql), *values, timeout=most_s)
        except FAULTS as fault:
            self._explain(fault)
            raise

    def _explain(self, fault: Exception) -> None:
        self.clashed = self.clashed or isinstance(fault, KEY_TAKEN)
        raise_named(fault, lost=is_lost(self._connection, fault))


@lru_cache(maxsize=4 * STATEMENTS)
def translated(sql: str) -> str:
    """The statement as PostgreSQL takes it: numbered placeholders, and text columns that sort as on SQLite."""
    if sql.startswith(("create table", "alter table")):
        return re.sub(r"\btext\b", 'text collate "C"', sql)
    head, *rest = sql.split("?")
    return head + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))


async def _transact(connection: PoolConnectionProxy, longest_s: float, work: Work[T]) -> T:
    tx = _PostgresTx(connection, longest_s, writable=True)
    await tx.run("begin isolation level read committed")
    mark = write_is_open.set(True)
    try:
        answer = await work(tx)
        if tx.clashed:
            refuse_commit_after_clash()
    except BaseException as fault:
        if not isinstance(fault, UNHEARD):
            await _roll_back(connection)
        raise
    finally:
        write_is_open.reset(mark)
    refuse_in_vain()
    await _commit(connection, longest_s)
    return answer


def _hang_up(connection: PoolConnectionProxy) -> None:
    with suppress(*FAULTS):
        connection.terminate()


async def _begin(connection: PoolConnectionProxy, moment: Transaction) -> None:
    """Begin a transaction that cursors know of, and that may take its time."""
    try:
        await moment.start()
        await connection.execute(PATIENTLY)
    except FAULTS as fault:
        raise_named(fault, lost=is_lost(connection, fault))
        raise


async def _roll_back(connection: PoolConnectionProxy) -> None:
    """Leave the transaction; a connection that cannot is lost, and the server rolls back when it notices."""
    try:
        await connection.execute("rollback")
    except FAULTS:
        _hang_up(connection)


async def _commit(connection: PoolConnectionProxy, longest_s: float) -> None:
    was_warned = connection.was_warned
    was_warned()
    try:
        with counted():  # and never cut short: its outcome would be left open
            await connection.execute("commit", timeout=longest_s)
    except FAULTS as fault:
        if getattr(fault, "sqlstate", None) in NOT_SERIALIZABLE:
            raise TryAgain(str(fault)) from fault
        kind = Silent if isinstance(fault, TimeoutError) else StorageFailed
        msg = f"PostgreSQL was lost during a commit, so that its outcome is unknown: {type(fault).__name__}"
        raise kind(msg) from fault
    if was_warned():
        msg = "PostgreSQL did not wait for its standby at a commit: what it did is lost where this server is"
        raise StorageFailed(msg)


def _session(statement_s: float) -> dict[str, str]:
    """What PostgreSQL watches by itself: whoever is cut off cannot end what it has begun."""
    statement_ms, idle_ms = round(1000 * ON_THE_SERVER * statement_s), round(1000 * statement_s)
    return {
        "application_name": "cognomen",
        "statement_timeout": str(statement_ms),
        "idle_in_transaction_session_timeout": str(idle_ms),
    }
