"""Every list of users is served from an index, entered where the page begins: no scan, no sorting of all that fits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from cognomen.domain.user import UserStatus
from cognomen.domain.user_search import SEARCHABLE, search_of
from cognomen.storage import user_lists, users
from cognomen.storage.database import Database, Row, Tx
from cognomen.storage.postgres import PostgresDatabase, translated
from cognomen.storage.sqlite import SqliteDatabase
from storage.samples import OTHER_POOL, POOL, a_user

pytestmark = pytest.mark.anyio

PEOPLE = 400  # in each of two pools
LIMIT = 7
ATTRIBUTES = {
    **dict.fromkeys(SEARCHABLE, "same"),  # few values, so that pages go on within one
    "username": "user",
    "sub": "0",
    "status": "Enabled",
    "cognito:user_status": "CONFIRMED",
}
EQUAL, BEGINNING = "=", "^="
FILTERS = [
    "",
    *(f'{name} {operator} "{value}"' for name, value in ATTRIBUTES.items() for operator in (EQUAL, BEGINNING)),
    *(f'{name} ^= ""' for name in ATTRIBUTES),
]
# What may be sorted is a page, which a limit inside has cut already.
SORTED_PAGE = "USE TEMP B-TREE FOR ORDER BY"


@dataclass
class Plans:
    """A transaction that notes the plan of each statement before it runs."""

    tx: Any
    explain: str
    seen: list[list[str]] = field(default_factory=list)

    async def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        plan = await self.tx.all(f"{self.explain} {sql}", values)
        self.seen.append([str(row[-1]) for row in plan])
        return list(await self.tx.all(sql, values))


async def fill(database: Database) -> None:
    """Two pools of users who differ in little, for planners that look at how many there are."""

    async def work(tx: Tx) -> None:
        for number in range(PEOPLE):
            for pool_id in (POOL, OTHER_POOL):
                status = UserStatus.CONFIRMED if number % 2 else UserStatus.FORCE_CHANGE_PASSWORD
                attributes = dict.fromkeys(SEARCHABLE, "Same" if number % 2 else f"Same{number % 4}")
                one = a_user(f"{number:04}", f"user{number}", pool_id=pool_id, status=status, attributes=attributes)
                await users.insert(tx, one, [])

    await database.write(work)


async def walk(tx: Any, text: str) -> int:
    """Ask for two pages, the second from within the list; answers how many users came."""
    search = search_of(text, names_are_subs=False)
    first = await user_lists.page(tx, POOL, search, "", LIMIT)
    rest = await user_lists.page(tx, POOL, search, first[-1].key, LIMIT) if first else []
    return len(first) + len(rest)


async def test_no_list_scans_on_sqlite(on_sqlite: SqliteDatabase) -> None:
    """Each statement goes into an index by the pool, the attribute or the state, and the place to go on."""
    await fill(on_sqlite)
    for text in FILTERS:
        plans = Plans(None, "explain query plan")

        async def work(tx: Tx, text: str = text, plans: Plans = plans) -> int:
            plans.tx = tx
            return await walk(plans, text)

        assert await on_sqlite.read(work) or exact(text)
        for plan in plans.seen:
            searches = [step for step in plan if step.startswith("SEARCH")]
            assert searches, (text, plan)
            assert all("INDEX" in step and "pool_id=?" in step for step in searches), (text, plan)
            assert entered(searches[0]), (text, plan)
            rest = set(plan) - set(searches)
            assert rest <= {"MATERIALIZE found", "CO-ROUTINE found", "SCAN found", SORTED_PAGE}, (text, plan)
            assert SORTED_PAGE not in plan or "SCAN found" in plan, (text, plan)


def entered(step: str) -> bool:
    """Whether the index is entered at the place, and not only at the beginning of the attribute or the state."""
    return bool(re.search(r"\(value,sub\)>\(\?,\?\)|sub>\?", step))


def exact(text: str) -> bool:
    return "^=" not in text


async def test_no_list_scans_on_postgres(on_postgres: PostgresDatabase) -> None:
    """The same, with the values known and with a plan that was made for all values; nothing read is thrown away."""
    await fill(on_postgres)
    await on_postgres.write(lambda tx: tx.run("analyze"))
    for text in FILTERS:
        for mode in ("force_custom_plan", "force_generic_plan"):
            async with on_postgres._pool.acquire() as connection:
                await connection.execute(f"set plan_cache_mode = {mode}")
                await connection.execute("set enable_seqscan = off")  # it is right for tables of one page
                plans = Plans(Fetching(connection), "explain")
                assert await walk(plans, text) or exact(text)
                await connection.execute("reset all")
            for plan in plans.seen:
                check_postgres(text, "\n".join(plan))


@dataclass
class Fetching:
    """Just enough of a transaction for a connection whose settings are the test's."""

    connection: Any

    async def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return [tuple(row) for row in await self.connection.fetch(translated(sql), *values)]


def check_postgres(text: str, plan: str) -> None:
    conditions = re.findall("Index Cond: (.*)", plan)
    assert conditions, (text, plan)
    assert all("pool_id" in condition for condition in conditions), (text, plan)
    assert any(re.search(r"ROW\(value, sub\) > |sub >=? ", condition) for condition in conditions), (text, plan)
    assert "Seq Scan" not in plan, (text, plan)
    assert "Filter:" not in plan, (text, plan)
    assert not re.search(r"Sort(.|\n)*Sort", plan), (text, plan)
    if "Sort" in plan:  # a page, cut by the limit inside
        assert plan.index("Sort") < plan.index("Limit"), (text, plan)
