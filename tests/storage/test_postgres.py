"""What PostgreSQL promises beyond the protocol: what the server undid is done again, every wait ends."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from cognomen.storage import postgres
from cognomen.storage.database import StorageFailed, Tx
from cognomen.storage.freshness import Freshness
from cognomen.storage.patience import Slow, counted, one_call
from cognomen.storage.postgres import Limits, PostgresDatabase, translated

pytestmark = pytest.mark.anyio

PUT = "insert into counters (name, value) values (?, ?)"
Opener = Callable[..., Awaitable[PostgresDatabase]]
RAISE = "do $$ begin raise exception using errcode = '{}', message = 'asked for'; end $$"


async def names(database: PostgresDatabase) -> set[str]:
    return {row[0] for row in await database.read(lambda tx: tx.all("select name from counters"))}


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
async def impatient(on_postgres: PostgresDatabase, postgres_url: str, waits: list[float]) -> AsyncIterator[Opener]:
    """Opens the same database so that pauses are noted instead of waited for."""
    opened: list[PostgresDatabase] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    async def open_(**options: Any) -> PostgresDatabase:
        opened.append(await PostgresDatabase.open(postgres_url, pause=pause, **options))
        return opened[-1]

    yield open_
    for database in opened:
        await database.close()


class Failing:
    """Work that makes the server fail with this SQLSTATE so many times, and then succeeds."""

    def __init__(self, state: str, times: int) -> None:
        self.state = state
        self.left = times
        self.runs = 0

    async def __call__(self, tx: Tx) -> str:
        self.runs += 1
        await tx.one("select count(*) from counters")
        if self.left:
            self.left -= 1
            await tx.all(RAISE.format(self.state))
        return "done"

    async def put(self, tx: Tx) -> str:
        await tx.run(PUT, (f"run {self.runs}", 1))
        return await self(tx)


@pytest.mark.parametrize("state", ["40001", "40P01", "08006", "57P01", "57P03", "53300"])
@pytest.mark.parametrize("kind", ["read", "write"])
async def test_what_the_server_undid_is_done_again(
    impatient: Opener, waits: list[float], state: str, kind: str
) -> None:
    """After a conflict, a deadlock or a lost server the work runs again from its beginning, after growing pauses."""
    database = await impatient()
    failing = Failing(state, times=3)
    answer = await (database.read(failing) if kind == "read" else database.write(failing.put))
    assert answer == "done"
    assert failing.runs == 4
    assert len(waits) == 3
    if kind == "write":
        assert await names(database) == {"run 3"}


async def test_repetitions_end(impatient: Opener, waits: list[float]) -> None:
    """Work that fails for two seconds is given up on with StorageFailed, and changed nothing."""
    database = await impatient()
    failing = Failing("40001", times=1000)
    with pytest.raises(StorageFailed, match="stayed unable"):
        await database.write(failing.put)
    assert 5 < failing.runs < 20
    assert postgres.RETRY_MS <= round(1000 * sum(waits)) <= postgres.RETRY_MS + 400
    assert await names(database) == set()


@pytest.mark.parametrize("state", ["53100", "57014", "58030", "XX000"])  # disk full, cancelled, I/O error, internal
async def test_a_failing_server_is_named(on_postgres: PostgresDatabase, state: str) -> None:
    """What may fail the same way again is not repeated, but raised as StorageFailed."""
    failing = Failing(state, times=1000)
    with pytest.raises(StorageFailed, match=state):
        await on_postgres.write(failing.put)
    assert failing.runs == 1
    assert await names(on_postgres) == set()


async def test_a_killed_connection_in_the_middle_of_a_write(on_postgres: PostgresDatabase, postgres_url: str) -> None:
    """A write whose connection is killed half-way is done again on another one, and once in all."""
    runs = 0

    async def work(tx: Tx) -> None:
        nonlocal runs
        runs += 1
        await tx.run(PUT, (f"run {runs}", 1))
        if runs == 1:
            await kill(postgres_url, await tx.one("select pg_backend_pid()"))
        await tx.run(PUT, ("second", 1))

    await on_postgres.write(work)
    assert runs == 2
    assert await names(on_postgres) == {"run 2", "second"}


async def test_all_connections_killed_while_idle(on_postgres: PostgresDatabase, postgres_url: str) -> None:
    """After a restart of the server the first call already works again."""
    await asyncio.gather(*(on_postgres.read(lambda tx: tx.one("select pg_sleep(0.01)")) for _ in range(10)))
    other = await asyncpg.connect(postgres_url)
    killed = await other.fetch(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    await other.close()
    assert len(killed) == 10
    await asyncio.gather(*(on_postgres.write(lambda tx, n=n: tx.run(PUT, (str(n), n))) for n in range(20)))
    assert await names(on_postgres) == {str(number) for number in range(20)}


async def kill(url: str, pid: tuple[int] | None) -> None:
    assert pid is not None
    other = await asyncpg.connect(url)
    assert await other.fetchval("select pg_terminate_backend($1, 5000)", pid[0])  # waits until it is gone
    await other.close()


async def asleep(other: asyncpg.Connection) -> tuple[int]:
    """Looks until a connection has begun to sleep."""
    while True:
        row = await other.fetchrow(
            "select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
        )
        if row:
            return tuple(row)


SLOW_COMMIT = """
create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
create constraint trigger slow_commit after insert on counters deferrable initially deferred
  for each row when (new.name = 'slow') execute function slow()
"""


async def test_a_connection_lost_during_the_commit(on_postgres: PostgresDatabase, postgres_url: str) -> None:
    """When nobody can know whether a commit happened, the work is not done twice: StorageFailed says so."""
    other = await asyncpg.connect(postgres_url)
    await other.execute(SLOW_COMMIT)
    runs = 0

    async def work(tx: Tx) -> None:
        nonlocal runs
        runs += 1
        await tx.run(PUT, ("slow", 1))

    try:
        writing = asyncio.create_task(on_postgres.write(work))
        await kill(postgres_url, await asleep(other))
        with pytest.raises(StorageFailed, match=r"outcome is unknown: (AdminShutdown|Connection)"):
            await writing
    finally:
        await other.execute("drop trigger slow_commit on counters; drop function slow()")
        await other.close()
    assert runs == 1
    assert await on_postgres.write(lambda tx: tx.run(PUT, ("after", 1))) == 1


async def test_writes_that_deadlock_both_come_through(on_postgres: PostgresDatabase) -> None:
    """Two writes that wait for each other: the server breaks one, which then runs again."""
    await on_postgres.write(lambda tx: tx.run("insert into counters values ('a', 0), ('b', 0)"))
    both_hold_one = asyncio.Barrier(2)
    runs = 0

    async def change(tx: Tx, first: str, second: str) -> None:
        nonlocal runs
        runs += 1
        await tx.run("update counters set value = value + 1 where name = ?", (first,))
        if runs <= 2:
            await both_hold_one.wait()
        await tx.run("update counters set value = value + 1 where name = ?", (second,))

    await asyncio.gather(
        on_postgres.write(lambda tx: change(tx, "a", "b")), on_postgres.write(lambda tx: change(tx, "b", "a"))
    )
    assert runs == 3
    assert await on_postgres.read(lambda tx: tx.all("select value from counters")) == [(2,), (2,)]


async def test_a_migration_elsewhere_does_not_disturb(on_postgres: PostgresDatabase, postgres_url: str) -> None:
    """A table that another process changes under prepared statements is read and written all the same."""
    other = await asyncpg.connect(postgres_url)
    await other.execute("create table growing (a bigint)")

    async def work(tx: Tx) -> tuple[int, ...] | None:
        await tx.run("insert into growing (a) values (?)", (1,))
        return await tx.one("select * from growing")

    try:
        assert await on_postgres.write(work) == (1,)
        await other.execute("alter table growing add column b bigint")
        assert await on_postgres.write(work) == (1, None)
        await other.execute("alter table growing add column c bigint")
        assert await on_postgres.read(lambda tx: tx.one("select * from growing")) == (1, None, None)
    finally:
        await other.execute("drop table growing")
        await other.close()


# Every wait ends


async def test_a_slow_statement_is_cut_off(impatient: Opener) -> None:
    """A statement that takes too long is StorageFailed, is stopped in the server, and leaves a usable connection."""
    database = await impatient(limits=Limits(statement_s=1.0), connections=1)
    with pytest.raises(StorageFailed, match="too long"):
        await database.read(lambda tx: tx.one("select pg_sleep(60)"))
    with pytest.raises(StorageFailed, match="too long"):
        await database.write(lambda tx: tx.one("select pg_sleep(60)"))
    assert await database.write(lambda tx: tx.run(PUT, ("a", 1))) == 1


async def test_a_used_up_pool_is_not_waited_for_forever(impatient: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that gets no connection in time is StorageFailed."""
    database = await impatient(connections=1)
    entered, free = asyncio.Event(), asyncio.Event()

    async def hold(_: Tx) -> None:
        entered.set()
        await free.wait()

    holding = asyncio.create_task(database.read(hold))
    await entered.wait()
    monkeypatch.setattr(database, "_limits", Limits(connect_s=0.05))
    with pytest.raises(StorageFailed, match="too long"):
        await database.read(lambda tx: tx.one("select 1"))
    free.set()
    await holding


async def test_a_call_waits_no_longer_however_often_it_asks(impatient: Opener) -> None:
    """What one call asks is cut off together; the write leaves nothing, other calls begin anew."""
    database = await impatient(connections=1)
    began = time.monotonic()
    with one_call(0.5), pytest.raises(Slow):
        await database.write(put_and_sleep)
    assert time.monotonic() - began < 5
    assert await names(database) == set()
    with one_call(30):
        assert await database.write(lambda tx: tx.run(PUT, ("a", 1))) == 1
    await database.write(lambda tx: tx.one("select pg_sleep(0.6)"))  # of no call


async def put_and_sleep(tx: Tx) -> None:
    await tx.run(PUT, ("a", 1))
    for _ in range(100):
        await tx.one("select pg_sleep(0.1)")


async def test_a_commit_that_would_not_be_heard_of_is_not_begun(impatient: Opener) -> None:
    """Where nothing is left of a call's time its commit is not asked for: how it ended would not be known."""
    database = await impatient(connections=1)

    async def work(tx: Tx) -> None:
        await tx.run(PUT, ("a", 1))
        with counted():
            await asyncio.sleep(1)

    with one_call(1.0), pytest.raises(Slow, match="over what one call asked"):
        await database.write(work)
    assert await names(database) == set()


async def test_who_waits_for_the_look_of_another_call_has_waited(impatient: Opener) -> None:
    """The look is cut off like a call, and what it took is taken from all who waited for it."""
    database = await impatient(connections=2)
    freshness = Freshness(lambda: 0)

    async def look() -> bool:
        await database.read(lambda tx: tx.one("select pg_sleep(0.3)"))
        return True

    async def call() -> None:
        with one_call(0.5):
            await freshness.renew(look)
            await database.read(lambda tx: tx.one("select pg_sleep(0.3)"))

    ended = await asyncio.gather(call(), call(), return_exceptions=True)
    assert [type(one) for one in ended] == [Slow, Slow]


async def test_a_cancelled_write_leaves_nothing_behind(
    impatient: Opener,
) -> None:
    """A caller who goes away in the middle of a write leaves neither rows nor an open transaction."""
    database = await impatient(connections=1)
    entered = asyncio.Event()

    async def work(tx: Tx) -> None:
        await tx.run(PUT, ("a", 1))
        entered.set()
        await tx.one("select pg_sleep(60)")

    writing = asyncio.create_task(database.write(work))
    await entered.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await names(database) == set()
    assert await database.write(lambda tx: tx.run(PUT, ("a", 2))) == 1


@pytest.mark.parametrize("address", ["postgresql://user:topsecret@127.0.0.1:1/x", "postgresql://user:topsecret@[/x"])
async def test_a_server_that_is_not_there(address: str) -> None:
    """An address that leads nowhere is StorageFailed, and the message holds no password."""
    with pytest.raises(StorageFailed, match="cannot be reached") as refused:
        await PostgresDatabase.open(address)
    assert "topsecret" not in str(refused.value)


# Dialect


@pytest.mark.parametrize(
    ("written", "run"),
    [
        ("select 1", "select 1"),
        ("select a from t where b = ? and c > ?", "select a from t where b = $1 and c > $2"),
        (
            "create table t (a text not null, context text, b bytea)",
            'create table t (a text collate "C" not null, context text collate "C", b bytea)',
        ),
        ("alter table t add column b text", 'alter table t add column b text collate "C"'),
        ("create index i on t (text)", "create index i on t (text)"),
    ],
)
def test_statements_are_translated(written: str, run: str) -> None:
    """Placeholders get numbers, text columns sort by code point, everything else stays."""
    assert translated(written) == run


async def test_every_text_column_sorts_by_code_point(on_postgres: PostgresDatabase) -> None:
    """No column follows the locale of the server, which would sort pages otherwise than SQLite does."""
    columns = await on_postgres.read(
        lambda tx: tx.all(
            "select table_name, column_name, collation_name from information_schema.columns"
            " where table_schema = 'public' and data_type = 'text'"
        )
    )
    assert len(columns) > 30
    assert [column for column in columns if column[2] != "C"] == []
