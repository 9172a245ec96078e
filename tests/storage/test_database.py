"""What every engine promises behind the Database protocol."""

import asyncio

import pytest

from cognomen.storage.database import Database, NoSuchTable, Tx, UniqueViolation
from cognomen.transactions import write_is_open

pytestmark = pytest.mark.anyio

PUT = "insert into counters (name, value) values (?, ?)"
GET = "select value from counters where name = ?"


class Refused(Exception):
    pass


async def value(database: Database, name: str) -> int | None:
    row = await database.read(lambda tx: tx.one(GET, (name,)))
    return row[0] if row else None


async def test_a_write_is_there_when_it_returns(database: Database) -> None:
    """What a write did can be read as soon as it has returned, and its answer is the work's answer."""

    async def work(tx: Tx) -> str:
        await tx.run(PUT, ("a", 1))
        return "done"

    assert await database.write(work) == "done"
    assert await value(database, "a") == 1


@pytest.mark.parametrize("raised", [Refused, asyncio.CancelledError, KeyError])
async def test_a_write_that_raises_did_nothing(database: Database, raised: type[BaseException]) -> None:
    """Whatever leaves the work, nothing of the write stays, and the next write works."""

    async def work(tx: Tx) -> None:
        await tx.run(PUT, ("a", 1))
        raise raised

    with pytest.raises(raised):
        await database.write(work)
    assert await value(database, "a") is None
    assert await database.write(lambda tx: tx.run(PUT, ("a", 2))) == 1
    assert await value(database, "a") == 2


async def test_run_counts_rows(database: Database) -> None:
    """`run` answers how many rows a statement touched."""
    count = await database.write(lambda tx: tx.run("insert into counters values ('a', 1), ('b', 1), ('c', 2)"))
    assert count == 3
    assert await database.write(lambda tx: tx.run("update counters set value = 5 where value = ?", (1,))) == 2
    assert await database.write(lambda tx: tx.run("delete from counters where name = ?", ("nobody",))) == 0


async def test_rows_come_back_as_they_went_in(database: Database) -> None:
    """Text, bytes, big numbers and nothing at all survive; rows are plain tuples on every engine."""
    text, blob, big = "\u00e9\U0001f600 'quoted' \\ \n", bytes(range(256)), 2**62

    async def work(tx: Tx) -> None:
        await tx.run(
            "insert into users (pool_id, sub, username, status, enabled, attributes, srp_salt, created_ms, modified_ms)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ("p", "s", text, "CONFIRMED", 1, "{}", blob, big, -1),
        )

    await database.write(work)
    asked = "select username, srp_salt, created_ms, modified_ms, enabled, password_hash from users where pool_id = ?"
    row = (text, blob, big, -1, 1, None)
    assert await database.read(lambda tx: tx.one(asked, ("p",))) == row
    assert await database.read(lambda tx: tx.all(asked, ("p",))) == [row]
    assert await database.read(lambda tx: tx.one(asked, ("q",))) is None
    assert await database.read(lambda tx: tx.all(asked, ("q",))) == []


async def test_a_taken_key_is_a_unique_violation(database: Database) -> None:
    """A second row of one key is told apart from every other fault, and undoes the whole write."""
    await database.write(lambda tx: tx.run(PUT, ("a", 1)))

    async def work(tx: Tx) -> None:
        await tx.run(PUT, ("b", 1))
        await tx.run(PUT, ("a", 2))

    with pytest.raises(UniqueViolation):
        await database.write(work)
    assert await value(database, "b") is None
    assert await value(database, "a") == 1


async def test_a_swallowed_unique_violation_cannot_commit(database: Database) -> None:
    """Work that goes on after a clash fails loudly on every engine instead of being half done on one of them."""
    await database.write(lambda tx: tx.run(PUT, ("a", 1)))

    async def work(tx: Tx) -> None:
        await tx.run(PUT, ("b", 1))
        try:
            await tx.run(PUT, ("a", 2))
        except UniqueViolation:
            return

    with pytest.raises(AssertionError, match="UniqueViolation must leave"):
        await database.write(work)
    assert await value(database, "b") is None


@pytest.mark.parametrize(
    "sql",
    [
        "insert into counters (name, value) values ('a', null)",  # a broken constraint, but no taken key
        "select nonsense from counters",
        "selekt 1",
    ],
)
async def test_faults_of_the_program_stay_loud(database: Database, sql: str) -> None:
    """A broken statement or constraint is not dressed up as something that callers handle."""
    with pytest.raises(Exception, match=r"(?i)null|nonsense|selekt") as raised:
        await database.write(lambda tx: tx.run(sql))
    assert type(raised.value).__module__.split(".")[0] in {"sqlite3", "asyncpg"}
    assert await database.write(lambda tx: tx.run(PUT, ("a", 1))) == 1


async def test_a_missing_table_is_named(database: Database) -> None:
    """Looking into a table that is not there yet raises NoSuchTable."""
    with pytest.raises(NoSuchTable):
        await database.read(lambda tx: tx.one("select 1 from nowhere"))


async def test_a_read_cannot_write(database: Database) -> None:
    """A statement that changes something is refused in a read."""
    with pytest.raises(AssertionError, match="give the work to write"):
        await database.read(lambda tx: tx.run(PUT, ("a", 1)))
    assert await value(database, "a") is None


async def test_write_is_open_exactly_during_the_work(database: Database) -> None:
    """The mark that forbids network calls is set while work runs in a write, and at no other time."""

    async def work(tx: Tx) -> bool:
        await tx.run(PUT, ("a", 1))
        return write_is_open.get()

    async def refuse(_: Tx) -> None:
        raise Refused

    async def look(_: Tx) -> bool:
        return write_is_open.get()

    assert await database.write(work)
    assert not write_is_open.get()
    with pytest.raises(Refused):
        await database.write(refuse)
    assert not write_is_open.get()
    assert not await database.read(look)


@pytest.mark.parametrize("inner", ["read", "write"])
async def test_no_transaction_inside_a_write(database: Database, inner: str) -> None:
    """Work that begins another transaction is refused before it can wait for itself."""

    async def nothing(_: Tx) -> None:
        return None

    async def work(_: Tx) -> None:
        await getattr(database, inner)(nothing)

    with pytest.raises(AssertionError, match="inside an open write"):
        await database.write(work)


async def test_an_open_write_is_invisible(database: Database) -> None:
    """Tasks that read while others write see each write wholly or not at all."""
    await database.write(lambda tx: tx.run("insert into counters values ('a', 0), ('b', 0)"))

    async def move(tx: Tx) -> None:
        await tx.run("update counters set value = value + 1 where name = 'a'")
        await tx.run("update counters set value = value + 1 where name = 'b'")

    async def look(tx: Tx) -> bool:
        row = await tx.one("select min(value), max(value) from counters")
        return row is not None and row[0] == row[1]

    async def moves() -> None:
        for _ in range(20):
            await database.write(move)

    async def looks() -> list[bool]:
        return [await database.read(look) for _ in range(60)]

    _, _, seen, also_seen = await asyncio.gather(moves(), moves(), looks(), looks())
    assert all(seen)
    assert all(also_seen)
    assert await value(database, "a") == 40


async def test_racing_changes_of_a_held_row_add_up(database: Database) -> None:
    """A row that is first held by an update is read as the write before left it, whatever the engine."""
    await database.write(lambda tx: tx.run(PUT, ("a", 0)))

    async def read_then_change(tx: Tx) -> None:
        row = await tx.one("update counters set value = value where name = 'a' returning value")
        assert row is not None
        await tx.run("update counters set value = ? where name = 'a'", (row[0] + 1,))

    await asyncio.gather(*(database.write(read_then_change) for _ in range(30)))
    assert await value(database, "a") == 30


@pytest.mark.parametrize("column", ["pool_id", "name"])
async def test_text_sorts_by_code_point(database: Database, column: str) -> None:
    """Keys and plain columns sort alike on every engine: by code point, capitals first, no locale."""
    names = ["b", "A", "a", "Z", "_", "-", "1", "10", "2", "\u00e9", "e", "\U0001f600", "\uffff", "aa", "a b"]

    async def work(tx: Tx) -> None:
        for name in names:
            await tx.run("insert into user_pools values (?, ?, '{}', 0, 0)", (name, name))

    await database.write(work)
    rows = await database.read(lambda tx: tx.all(f"select pool_id from user_pools order by {column}"))
    assert [row[0] for row in rows] == sorted(names)
    behind = await database.read(lambda tx: tx.all(f"select pool_id from user_pools where {column} > ?", ("a",)))
    assert {row[0] for row in behind} == {name for name in names if name > "a"}
