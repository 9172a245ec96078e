"""Bring the store to the schema of this version, or tell what that would do, without serving."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from cognomen.process.data_directory import make_data_directory
from cognomen.process.refused import in_words
from cognomen.settings import Settings
from cognomen.storage import migrate as migrations
from cognomen.storage.database import Database
from cognomen.storage.migrate import Plan, SchemaState
from cognomen.wiring import STORE, open_database

T = TypeVar("T")
NEW = SchemaState(0, 0)


async def migrate(settings: Settings) -> str:
    """Run what is missing and say what was run; raises StartRefused."""
    make_data_directory(settings)

    async def work(database: Database) -> str:
        applied = await migrations.run(database)
        state = await database.read(migrations.state_of)
        done = f"applied {_listed(applied)}" if applied else "nothing to do"
        return f"schema version {state.version}, works with servers from {state.compatible} on; {done}"

    return await _with_store(settings, work)


async def planned(settings: Settings) -> Plan:
    """What `migrate` would do; changes nothing, and makes no store where there is none. Raises StartRefused."""
    if not (settings.database or (settings.data_dir and (settings.data_dir / STORE).exists())):
        return migrations.plan_for(NEW, migrations.known())
    return await _with_store(settings, migrations.plan)


def in_lines(plan: Plan) -> str:
    """A plan, and what it means for servers that run."""
    if not plan.missing:
        return f"schema version {plan.state.version}; nothing to do"
    first = f"schema version {plan.state.version}; would apply {_listed(plan.missing)}"
    if plan.state.version == 0:
        return f"{first}\nthe store is empty: no server is using it"
    if plan.is_rolling:
        return (
            f"{first}\nrolling upgrade: safe; servers of schema version {plan.compatible} or newer serve on meanwhile,"
            " and may be replaced one after the other"
        )
    return (
        f"{first}\nrolling upgrade: NOT safe; stop all servers of a schema version older than {plan.compatible} first"
    )


async def _with_store(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    with in_words():
        database = await open_database(settings, patient=True)
        try:
            return await work(database)
        finally:
            await database.close()


def _listed(versions: Sequence[int]) -> str:
    return ", ".join(map(str, versions))
