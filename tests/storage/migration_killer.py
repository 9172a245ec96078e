"""A process that has children bring a store to the newest schema and kills each of them at another statement.

`python -m storage.migration_killer ENGINE ADDRESS EVERY` takes each EVERYth of the places where a child can be killed:
before each statement of each step, before its commit, and after it. Each child goes on where the one before died.
Answers on stdout, as JSON, how many were killed and which schema came of it.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NoReturn

from cognomen.storage import migrate
from cognomen.storage.database import Database, Row, Tx, Work
from cognomen.storage.migrate import Migration
from storage.stores import POSTGRES, Store

AROUND = 2  # statements of a step that are not its own: the row of the schema is held, and moved
PLACES = AROUND + 2  # and before the commit, and after it
SQLITE_SCHEMA = "select name, sql from sqlite_master where name not like 'sqlite_%' order by name"
COLUMNS = (
    "select table_name, column_name, data_type, is_nullable, collation_name from information_schema.columns"
    " where table_schema = 'public' order by table_name, column_name"
)
INDEXES = "select indexname, indexdef from pg_indexes where schemaname = 'public' order by indexname"
VERSION = "select version, compatible from schema_version"


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class DyingTx:
    """Kills its process before the statement of this number."""

    def __init__(self, tx: Tx, place: int) -> None:
        self._tx = tx
        self._left = place

    def _next(self) -> None:
        if self._left == 0:
            die()
        self._left -= 1

    async def run(self, sql: str, values: Sequence[object] = ()) -> int:
        self._next()
        return await self._tx.run(sql, values)

    async def one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        self._next()
        return await self._tx.one(sql, values)


class DyingDatabase:
    """Kills its process at one place of one step."""

    def __init__(self, database: Database, version: int, place: int) -> None:
        self._database = database
        self._version = version
        self._place = place

    async def read(self, work: Work[Any]) -> Any:
        return await self._database.read(work)

    async def write(self, work: Work[Any]) -> Any:
        if not (isinstance(work, partial) and work.args[0].version == self._version):
            return await self._database.write(work)

        async def dying(tx: Tx) -> Any:
            answer = await work(DyingTx(tx, self._place))
            if self._place == len(work.args[0].statements) + AROUND:
                die()
            return answer

        await self._database.write(dying)
        die()


def places(steps: Sequence[Migration]) -> Iterator[tuple[int, int]]:
    return ((step.version, place) for step in steps for place in range(len(step.statements) + PLACES))


def killed(store: Store, version: int, place: int) -> bool:
    """Whether a child was killed there."""
    child = os.fork()
    if not child:
        asyncio.run(bring(store, version, place))
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


async def bring(store: Store, version: int, place: int) -> None:
    database = await store.open()
    await migrate.run(DyingDatabase(database, version, place))  # type: ignore[arg-type]


async def finish(store: Store) -> list[Any]:
    """Go on where the last child died; the schema that came of it."""
    database = await store.open()
    await migrate.run(database)
    questions = [COLUMNS, INDEXES, VERSION] if store.engine == POSTGRES else [SQLITE_SCHEMA, VERSION]
    found = [await database.read(partial(_all, question)) for question in questions]
    await database.close()
    return found


async def _all(question: str, tx: Tx) -> list[Row]:
    return await tx.all(question)


if __name__ == "__main__":
    engine, address, every = sys.argv[1:]
    store = Store(engine, address)
    chosen = [one for number, one in enumerate(places(migrate.known())) if number % int(every) == 0]
    counted = sum(killed(store, version, place) for version, place in chosen)
    schema = asyncio.run(finish(store))
    sys.stdout.write(json.dumps({"places": len(chosen), "killed": counted, "schema": schema}))
