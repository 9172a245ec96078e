"""A backup is of one moment, whatever is written while it is made."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from backups.filling import NEWEST, fill
from backups.places import ENGINES, Place, digest
from backups.stories import maker
from cognomen.admin.backup import Wanted, back_up
from cognomen.signing.master_key_file import read_master_key_file
from cognomen.signing.sealing import AesGcmSealer
from conftest import Pool

Making = Callable[..., Place]
MORE_GROUPS = """
insert into user_groups (pool_id, name, group_id, created_ms, modified_ms)
select pool_id, max(name) || 'x', 'g', 1, 1 from user_groups group by pool_id
"""
LOADS = [3, pytest.param(20, marks=pytest.mark.nightly)]


class Interrupted:
    """Takes a backup, and lets somebody write before the first table and after each."""

    def __init__(self, write: Callable[[], None]) -> None:
        self.content = b""
        self._write = write

    def write(self, plain: bytes) -> None:
        self.content += plain
        self._write()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_written_meanwhile_is_not_in_it(place: Making, engine: str) -> None:
    """Between any two tables every row of the store is changed by another connection; the backup is as at its begin."""
    here = place(engine)
    here.run(lambda database: fill(database, AesGcmSealer(read_master_key_file(here.master_key).keys)))
    quiet, disturbed = Interrupted(lambda: None), Interrupted(lambda: _elsewhere(here, _changes))
    before = digest(here.rows(NEWEST))
    for sink in (quiet, disturbed):
        here.run(lambda database, sink=sink: back_up(database, sink, Wanted(None, 0, None)))
    assert disturbed.content == quiet.content
    assert digest(here.rows(NEWEST)) != before


def _elsewhere(here: Place, work: Callable[[Any], Any]) -> None:
    """In another thread, with a connection of its own."""
    with ThreadPoolExecutor(1) as other:
        other.submit(here.run, lambda database: database.write(work)).result()


async def _changes(tx: Any) -> None:
    await tx.run("update users set username = username || '!', modified_ms = 0")
    await tx.run("delete from user_names where sub in (select sub from users order by sub limit 1)")
    await tx.run("update attempts set tries = 0")
    await tx.run(MORE_GROUPS)


@contextmanager
def signing_up(pool: Pool, threads: int = 2) -> Iterator[list[str]]:
    """People sign up as fast as the server lets them; the names of those who are in."""
    over, done = threading.Event(), list[str]()

    def go_on(number: int) -> None:
        count = 0
        while not over.is_set():
            name = f"u{number}-{count}"
            pool.sign_up(name, UserAttributes=[{"Name": "email", "Value": f"{name}@d.example"}])
            done.append(name)
            count += 1

    with ThreadPoolExecutor(threads) as crowd:
        running = [crowd.submit(go_on, number) for number in range(threads)]
        try:
            yield done
        finally:
            over.set()
            for one in running:
                one.result()


@pytest.mark.parametrize("rounds", LOADS)
@pytest.mark.parametrize("engine", ENGINES)
def test_everybody_who_was_in_is_in_it_whole(place: Making, tmp_path: Path, engine: str, rounds: int) -> None:
    """Under load: who had signed up before is in the backup, and whoever is in it has their names and their code."""
    old = place(engine)
    with old.serve() as server:
        pool = maker(server)(AutoVerifiedAttributes=["email"])
        with signing_up(pool) as done:
            for number in range(rounds):
                _wait_for(done, 10 * (number + 1))
                before = list(done)
                old.back_up(tmp_path / f"backup{number}")
                _check(place(engine), tmp_path / f"backup{number}", before)


def _wait_for(done: list[str], count: int) -> None:
    with anyio.from_thread.start_blocking_portal() as portal:
        while len(done) < count:
            portal.call(anyio.sleep, 0.01)


def _check(new: Place, file: Path, before: list[str]) -> None:
    new.restore(file)
    rows = new.rows(NEWEST)
    users = {row[1]: row[2] for row in rows["users"]}
    assert set(before) <= set(users.values())
    assert {row[3] for row in rows["user_names"]} == set(users)
    assert {row[1] for row in rows["codes"]} == set(users)
    assert {row[3] for row in rows["user_search"]} == set(users)
