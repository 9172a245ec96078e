"""Bringing a database to the newest schema: once, wholly or not at all, and never backwards."""

import re
from collections.abc import Callable
from importlib import resources

import pytest

from cognomen.storage import migrate
from cognomen.storage.database import Database, Tx
from cognomen.storage.migrate import Migration, SchemaOutdated, SchemaState, SchemaTooNew, parse
from storage.stores import ENGINES, Store

pytestmark = pytest.mark.anyio

FIRST = Migration(1, 1, ("create table first (name text not null primary key)",))
SECOND = Migration(2, 1, ("create table second (name text not null primary key)", "insert into first values ('a')"))
BREAKING = Migration(3, 3, ("drop table first",))


@pytest.fixture(params=ENGINES)
async def empty(anyio_backend: str, request: pytest.FixtureRequest, empty_store: Callable[[str], Store]):
    """A database in which nothing has been migrated yet, on each engine."""
    database = await empty_store(request.param).open()
    yield database
    await database.close()


async def state(database: Database) -> SchemaState:
    return await database.read(migrate.state_of)


async def test_an_empty_database_gets_everything(empty: Database) -> None:
    """The first run applies all migrations in order; after it the check passes, and further runs do nothing."""
    with pytest.raises(SchemaOutdated, match="version 0, this server needs 2: run `cognomen migrate`"):
        await migrate.check(empty, [FIRST, SECOND])
    assert await migrate.run(empty, [FIRST, SECOND]) == [1, 2]
    assert await state(empty) == SchemaState(2, 1)
    await migrate.check(empty, [FIRST, SECOND])
    assert await migrate.run(empty, [FIRST, SECOND]) == []


async def test_the_check_changes_nothing(empty: Database) -> None:
    """Looking at an empty database leaves it empty."""
    with pytest.raises(SchemaOutdated):
        await migrate.check(empty)
    assert await state(empty) == SchemaState(0, 0)


async def test_an_older_database_gets_what_is_missing(empty: Database) -> None:
    """Later runs apply only what is new."""
    await migrate.run(empty, [FIRST])
    assert await migrate.run(empty, [FIRST, SECOND]) == [2]
    assert await empty.read(lambda tx: tx.all("select name from first")) == [("a",)]


async def test_an_older_server_may_stay_where_that_is_safe(empty: Database) -> None:
    """A newer database that says it works with this server's version is taken as it is."""
    await migrate.run(empty, [FIRST, SECOND])
    await migrate.check(empty, [FIRST])
    assert await migrate.run(empty, [FIRST]) == []


@pytest.mark.parametrize("action", [migrate.check, migrate.run])
async def test_a_database_that_is_too_new_is_refused(empty: Database, action) -> None:
    """STO-12: A newer database that does not work with this server's version is refused, and not touched."""
    await migrate.run(empty, [FIRST, SECOND, BREAKING])
    with pytest.raises(SchemaTooNew, match="schema version 3 and works with servers that know version 3 or newer"):
        await action(empty, [FIRST, SECOND])
    assert await state(empty) == SchemaState(3, 3)


async def test_a_later_migration_lets_no_old_server_back_in(empty: Database) -> None:
    """After a breaking migration, one that breaks nothing still keeps out the servers that the first one did."""
    harmless = Migration(4, 1, ("create table fourth (name text not null primary key)",))
    await migrate.run(empty, [FIRST, SECOND, BREAKING, harmless])
    assert await state(empty) == SchemaState(4, 3)


async def test_a_migration_that_fails_half_way_never_counts(empty: Database) -> None:
    """Of a broken migration nothing stays, what went before it does, and a corrected one is applied later."""
    broken = Migration(2, 1, (SECOND.statements[0], "insert into nowhere values (1)"))
    with pytest.raises(Exception, match="nowhere"):
        await migrate.run(empty, [FIRST, broken])
    assert await state(empty) == SchemaState(1, 1)
    assert await migrate.run(empty, [FIRST, SECOND]) == [2]


async def test_text_columns_of_later_migrations_sort_by_code_point(empty: Database) -> None:
    """A text column that is added later sorts like all others."""
    added = Migration(2, 1, ("alter table first add column title text",))
    await migrate.run(empty, [FIRST, added])

    async def work(tx: Tx) -> None:
        for title in ("b", "A", "a", "B"):
            await tx.run("insert into first (name, title) values (?, ?)", (title, title))

    await empty.write(work)
    assert await empty.read(lambda tx: tx.all("select title from first order by title")) == [
        ("A",),
        ("B",),
        ("a",),
        ("b",),
    ]


# The files


def test_files_are_read_whole_and_in_order() -> None:
    """Every file of the folder is a migration, they are numbered without gaps, and none asks for more than itself."""
    files = [entry.name for entry in (resources.files("cognomen.storage") / "schema").iterdir()]
    known = migrate.known()
    assert [step.version for step in known] == list(range(1, len(files) + 1))
    assert all(0 < step.compatible <= step.version for step in known)
    assert [step.compatible for step in known] == sorted(step.compatible for step in known)
    assert all(step.statements for step in known)


def test_a_file_is_split_into_statements() -> None:
    """Comments go, statements come apart at semicolons, the first line tells the compatibility version."""
    head = "-- works with servers that know version 3 or newer\n"
    text = head + "-- why; because\ncreate table a (b text); -- so\n\ndrop c;\n"
    assert parse(4, text) == Migration(4, 3, ("create table a (b text)", "drop c"))


def test_a_file_without_its_first_line_is_refused() -> None:
    """Nobody can forget to say with which servers a migration works."""
    with pytest.raises(ValueError, match="migration 4 does not begin"):
        parse(4, "create table a (b text);")


# Few rows for all pools.
GLOBAL = {
    "user_pools",
    "deleted_pools",
    "client_pools",
    "active_import_jobs",  # of an account there is one
    "counters",
    "provisioned_limits",
    "access_keys",
    "job_leases",
    "stacks",
    "pool_domains",
    "audit_chains",  # a process writes one chain of its own, for all pools
    "audit_records",
    "audit_head",
}
FORBIDDEN = r"serial|identity|sequence|trigger|references|foreign|enum|\btype\b|truncate|unique|jsonb?\b|default"


def tables() -> dict[str, str]:
    statements = [statement for step in migrate.known() for statement in step.statements]
    return {found[1]: found[0] for s in statements if (found := re.match(r"create table (\w+).*", s, re.DOTALL))}


def test_every_key_begins_with_the_pool() -> None:
    """The schema can be spread over many servers by pool: only small global tables have other keys."""
    assert tables().keys() > GLOBAL
    for name, statement in tables().items():
        key = re.search(r"primary key \((\w+)", statement)
        assert (key is not None and key[1] == "pool_id") or name in GLOBAL, name


def test_the_schema_uses_nothing_that_distributed_engines_lack() -> None:
    """No sequence, trigger, enum, foreign key or second unique key, which not every engine has."""
    found = [word for step in migrate.known() for s in step.statements for word in re.findall(FORBIDDEN, s)]
    assert found == []
