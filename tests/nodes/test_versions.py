"""Servers of two versions and one store: who may work with it, who refuses, and how the operator learns beforehand."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from cognomen.storage.postgres import PostgresDatabase
from cognomen.storage.sqlite import SqliteDatabase
from nodes.newer import NEXT, TODAY
from nodes.node import PATIENCE_S, House, nodes
from storage.stores import FILE, POSTGRES

pytestmark = pytest.mark.anyio

BREAKING, ROLLING = ("nodes.newer", "breaking"), ("nodes.newer", "rolling")
TOO_NEW = (
    f"The database has schema version {NEXT} and works with servers that know version {NEXT} or newer; this one knows"
    f" {NEXT - 1}. Use a newer server."
)


def everything_in(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "data" / "cognomen.db") as store:
        rows = list(store.iterdump())
    store.close()
    return rows


async def test_the_check_tells_what_a_migration_would_do(house_on: Callable[..., House], tmp_path: Path) -> None:
    """STO-10, the dry run: what is missing, whether running servers may stay, by words and by exit code; it makes no
    store and changes none."""
    house = house_on(FILE)
    code, said = await house.run("migrate", "--check")
    assert (code, said.splitlines()[1]) == (0, "the store is empty: no server is using it")
    assert not (tmp_path / "data").exists()
    await house.run("migrate")
    before = everything_in(tmp_path)
    assert await house.run("migrate", "--check") == (0, f"schema version {NEXT - 1}; nothing to do\n")
    first = f"schema version {NEXT - 1}; would apply {NEXT}\n"
    code, said = await house.run("migrate", "--check", program=ROLLING)
    safe = f"rolling upgrade: safe; servers of schema version {NEXT - 1} or newer serve on meanwhile,"
    assert (code, said) == (0, f"{first}{safe} and may be replaced one after the other\n")
    code, said = await house.run("migrate", "--check", program=BREAKING)
    assert (code, said) == (
        1,
        f"{first}rolling upgrade: NOT safe; stop all servers of a schema version older than {NEXT} first\n",
    )
    assert everything_in(tmp_path) == before


async def test_a_server_refuses_a_schema_that_it_does_not_know(house_on: Callable[..., House], tmp_path: Path) -> None:
    """STO-12, of a newer schema: serve, migrate and the dry run end with code 2 and one line that says what to do, and
    write nothing."""
    house = house_on(FILE)
    assert (await house.run("migrate", program=BREAKING))[0] == 0
    before = everything_in(tmp_path)
    for words in (("serve", "--port", "0"), ("migrate",), ("migrate", "--check")):
        assert await house.run(*words) == (2, f"cognomen: {TOO_NEW}\n")
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("engine", [FILE, POSTGRES])
async def test_a_running_server_says_that_its_time_is_over(house_on: Callable[..., House], engine: str) -> None:
    """Where somebody migrates past a server that still runs, its readiness fails, so that nobody is sent to it; a step
    that it can live with leaves it ready."""
    house = house_on(engine)
    async with nodes(house) as running, httpx2.AsyncClient(timeout=PATIENCE_S) as client:
        running.append(node := await house.serve())

        async def ready() -> tuple[int, str | None]:
            answer = await client.get(f"{node.url}/health/ready")
            return answer.status_code, json.loads(answer.content).get("reason")

        await house.run("migrate", program=ROLLING)
        assert await ready() == (200, None)
        running.append(other := await house.serve())
        assert (await other.end())[0] == 0
        # Now the same step as one that older servers must not see.
        await set_compatible(house, NEXT)
        assert await ready() == (503, "schema")
        assert (await client.get(f"{node.url}/health/live")).status_code == 200
        assert await house.run("serve", "--port", "0") == (2, f"cognomen: {TOO_NEW}\n")


async def set_compatible(house: House, version: int) -> None:
    """What a breaking step leaves behind."""
    flag, where = house.store
    opened = await PostgresDatabase.open(where) if flag == "--database" else SqliteDatabase(f"{where}/cognomen.db")
    await opened.write(lambda tx: tx.run("update schema_version set compatible = ?", (version,)))
    await opened.close()


@pytest.mark.parametrize("engine", [FILE, POSTGRES])
async def test_nodes_that_start_in_one_moment_migrate_once(house_on: Callable[..., House], engine: str) -> None:
    """STO-10, of several at once: three processes bring one empty store up to date, each step is applied by one."""
    house = house_on(engine)
    said = await asyncio.gather(*(house.run("migrate") for _ in range(3)))
    assert [code for code, _ in said] == [0, 0, 0]
    applied = [word for _, line in said if "; applied " in line for word in line.split("applied ")[1].split(", ")]
    assert sorted(map(int, applied)) == [step.version for step in TODAY]
