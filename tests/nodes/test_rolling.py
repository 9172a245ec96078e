"""Nodes that are replaced one after the other, with the same version or with the next one, while clients go on."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from nodes.load import Crowd, Load
from nodes.newer import NEXT, TODAY
from nodes.node import PATIENCE_S, House, Node, nodes
from nodes.proxy import Proxy, proxying
from nodes.world import prepared, users_of
from storage.stores import FILE, POSTGRES

pytestmark = pytest.mark.anyio

A_SECOND = 50
EVERYTHING = 200  # requests; the load goes on at least for so many
NEWER = ("nodes.newer", "rolling")


async def replace_all(house: House, running: list[Node], proxy: Proxy, program: Sequence[str] = ("cognomen",)) -> None:
    """One node after the other: end it, and serve in its place."""
    for _ in range(len(running)):
        old = running.pop(0)
        backend = next(one for one in proxy.backends if one.port == old.port)
        code, _ = await old.end()
        assert code == 0
        proxy.backends.remove(backend)
        running.append(await house.serve(program=program))
        await asyncio.wait_for(proxy.add(running[-1].port).used.wait(), PATIENCE_S)


async def under_load(port: int, crowd: Crowd, work: Any) -> Load:
    """Do the work while 50 requests a second come through this port; return when it is done and some more came."""
    load, enough = Load(port, crowd), asyncio.Event()
    going = asyncio.create_task(load.run(A_SECOND, enough))
    try:
        await work
    finally:
        await load.answered(EVERYTHING)
        enough.set()
        await going
    return load


def no_failures(load: Load, what: str, printed: pytest.CaptureFixture[str]) -> None:
    with printed.disabled():
        print(f"\n{what}: {load.outcomes.total()} requests, {len(load.failures)} failed, {load.refused} refused,")
        print(f"  longest {load.longest_s * 1000:.0f} ms; {dict(load.outcomes)}")
    assert (load.failures, load.refused) == ([], 0)


async def test_a_rolling_restart_fails_nobody(
    house_on: Callable[..., House], capsys: pytest.CaptureFixture[str]
) -> None:
    """OPS-01: two nodes on one PostgreSQL, behind a proxy that asks for their readiness, are restarted one after the
    other under 50 requests a second: none fails, and every sign-up that was answered is there."""
    house = house_on(POSTGRES)
    async with nodes(house) as running:
        running += [await house.serve(), await house.serve()]
        pool_id, crowd = await asyncio.to_thread(prepared, running[0].url)
        async with proxying(*(node.port for node in running)) as proxy:
            load = await under_load(proxy.port, crowd, replace_all(house, running, proxy))
        no_failures(load, "rolling restart", capsys)
        assert await asyncio.to_thread(users_of, running[0].url, pool_id) == {"kim", *crowd.signed_up}


async def bring_users(house: House, pool_id: str, count: int, folder: Path) -> None:
    lines = (json.dumps({"username": f"old{number}"}) for number in range(count))
    (folder / "users.jsonl").write_text("\n".join(lines))
    code, said = await house.run("import", str(folder / "users.jsonl"), "--pool", pool_id)
    assert (code, said) == (0, f"{count} imported, 0 known already, 0 refused\n")


@pytest.mark.parametrize("engine", [FILE, POSTGRES])
@pytest.mark.parametrize("users", [1000, pytest.param(100_000, marks=pytest.mark.nightly)])
async def test_an_upgrade_fails_nobody(
    house_on: Callable[..., House], tmp_path: Path, engine: str, users: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """STO-10: two nodes of one version serve while the next one tells what it would do, migrates the store they use
    (a table with a row of every account, an index, a column) and takes their places one by one: no request fails, and
    every sign-up that was answered is there. Nightly with 100,000 users."""
    house = house_on(engine)
    async with nodes(house) as running:
        running += [await house.serve(), await house.serve()]
        pool_id, crowd = await asyncio.to_thread(prepared, running[0].url)
        await bring_users(house, pool_id, users, tmp_path)
        async with proxying(*(node.port for node in running)) as proxy:

            async def upgrade() -> None:
                code, told = await house.run("migrate", "--check", program=NEWER)
                assert (code, f"would apply {NEXT}\nrolling upgrade: safe" in told) == (0, True), told
                code, told = await house.run("migrate", program=NEWER)
                assert (code, f"applied {NEXT}" in told) == (0, True), told
                await replace_all(house, running, proxy, NEWER)

            load = await under_load(proxy.port, crowd, upgrade())
        no_failures(load, f"upgrade on {engine} with {users} users", capsys)
        assert TODAY[-1].version == NEXT - 1
        known = await asyncio.to_thread(users_of, running[0].url, pool_id) if users <= 1000 else set()
        assert not known or {name for name in known if not name.startswith("old")} == {"kim", *crowd.signed_up}
