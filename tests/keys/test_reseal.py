"""Sealing a store anew under another master key: beside changes, and killed in the middle."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from cli.running import command, finish
from cognomen.admin.reseal import reseal
from cognomen.admin.sealed_columns import count_by_master_key
from cognomen.flows.deliver import message_purpose
from cognomen.signing.master_key_file import create_master_key_file, read_master_key_file
from cognomen.signing.sealing import AesGcmSealer, MasterKeys, master_key_id
from cognomen.storage import migrate, outbox
from cognomen.storage.database import Database
from storage.holding import held
from storage.stores import FILE, POSTGRES, Store

pytestmark = pytest.mark.anyio
OLD, NEW = os.urandom(32), os.urandom(32)
BEFORE, AFTER = AesGcmSealer(MasterKeys((OLD,))), AesGcmSealer(MasterKeys((NEW, OLD)))
POOL = "us-east-1_Sealed000"
REPLACE = "update outbox set sealed = ? where message_id = 'm000001'"
DELETE = "delete from outbox where message_id = 'm000002'"
KILLS = [3, pytest.param(30, marks=pytest.mark.nightly)]


@dataclass(frozen=True)
class Place:
    """A store, and how a command is told of it."""

    store: Store
    folder: Path

    @property
    def words(self) -> tuple[str, ...]:
        return ("--database", self.store.address) if self.store.engine == POSTGRES else ("--data", str(self.folder))


@pytest.fixture(params=[FILE, POSTGRES])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == POSTGRES:
        return Place(Store(POSTGRES, request.getfixturevalue("postgres").new_database("reseal")), tmp_path)
    return Place(Store(FILE, str(tmp_path / "cognomen.db")), tmp_path)


async def messages(database: Database, sealer: AesGcmSealer, count: int) -> None:
    """So many messages that wait, sealed."""
    rows = [
        (POOL, f"m{number:06}", sealer.seal(b"hello", message_purpose(f"m{number:06}")), 0, 1 << 60, 0)
        for number in range(count)
    ]
    columns = ("pool_id", "message_id", "sealed", "created_ms", "next_try_ms", "tries")
    await database.write(lambda tx: tx.put_rows("outbox", columns, rows))


async def kept(database: Database) -> list[Any]:
    """All messages by their ids, some at a time."""
    found: list[Any] = []
    while page := await database.read(partial(_page, after=found[-1][0] if found else "")):
        found += page
    return found


async def _page(tx: Any, after: str) -> list[Any]:
    statement = "select message_id, sealed from outbox where message_id > ? order by message_id limit 2000"
    page: list[Any] = await tx.all(statement, (after,))
    return page


async def on(place: Place, work: Callable[[Database], Any]) -> Any:
    database = await place.store.open()
    try:
        await migrate.run(database)
        return await work(database)
    finally:
        await database.close()


async def test_all_is_sealed_under_the_new_key_and_nothing_twice(place: Place) -> None:
    """Every value opens as before; a second run finds nothing to do; what no key opens is counted and left."""

    async def work(database: Database) -> None:
        await messages(database, BEFORE, 250)
        broken = bytes(40)
        await database.write(lambda tx: outbox.put(tx, POOL, "x", broken, 0))
        done = await reseal(database, AFTER)
        assert (dict(+done.done), dict(done.unreadable)) == ({"outbox.sealed": 250}, {"outbox.sealed": 1})
        *rows, (_, left) = await kept(database)
        new = AesGcmSealer(MasterKeys((NEW,)))
        assert {new.open(sealed, message_purpose(name)) for name, sealed in rows} == {b"hello"}
        assert left == broken
        again = await reseal(database, AFTER)
        assert dict(+again.done) == {}
        assert (await kept(database))[:-1] == rows

    await on(place, work)


async def test_what_changes_meanwhile_is_left_as_it_was_changed(place: Place) -> None:
    """A value that is replaced or deleted while it is being sealed anew stays so."""

    async def work(database: Database) -> None:
        await messages(database, BEFORE, 3)
        newer = BEFORE.seal(b"newer", message_purpose("m000001"))
        read = database.read

        async def change_after(what: Any) -> Any:
            rows = await read(what)
            if rows and len(rows[0]) == 3 and rows[0][1] == "m000000":
                await database.write(lambda tx: tx.run(REPLACE, (newer,)))
                await database.write(lambda tx: tx.run(DELETE))
            return rows

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(database, "read", change_after)
            done = await reseal(database, AFTER)
        assert done.done["outbox.sealed"] == 1
        assert [name for name, _ in await kept(database)] == ["m000000", "m000001"]
        assert (await kept(database))[1][1] == newer
        assert (await reseal(database, AFTER)).done["outbox.sealed"] == 1

    await on(place, work)


async def progress(place: Place, process: Any, key_id: str, before: int) -> int:
    """How many messages are sealed under a key, once they are more than before or the process has ended."""
    database = await place.store.open()
    try:
        deadline = time.monotonic() + 60
        while True:
            counts = await count_by_master_key(database)
            now = counts.get(key_id, {}).get("outbox.sealed", 0)
            if now > before or process.poll() is not None:
                return now
            assert time.monotonic() < deadline
            await anyio.sleep(0.02)
    finally:
        await database.close()


@pytest.mark.parametrize("kills", KILLS)
async def test_it_may_be_killed_and_run_again(place: Place, kills: int) -> None:
    """TOK-13: After each kill -9 every value opens under one of both keys; in the end the old key can go."""
    file = place.folder / "master.key"
    create_master_key_file(file)
    old, count = read_master_key_file(file).keys, min(3000 * kills, 30_000)
    await on(place, lambda database: messages(database, AesGcmSealer(old), count))

    def words(*more: str) -> tuple[str, ...]:
        return ("master-key", *more, *place.words)

    environment = {"COGNOMEN_MASTER_KEY_FILE": str(file)}
    ended = finish(command(*words("rotate"), folder=place.folder, environment=environment))
    assert ended.code == 0, ended.err
    new = ended.out.strip()
    both = AesGcmSealer(read_master_key_file(file).keys)

    killed, done = 0, 0
    for number in range(1, kills + 1):
        last = number * count // kills - 1  # it does not come further: else it may be ready before anybody looks
        async with held(place.store, "update on outbox", f"old.message_id = 'm{last:06}'"):
            process = command(*words("reseal"), folder=place.folder, environment=environment)
            done = await progress(place, process, new, done)
            process.kill()
            process.communicate(timeout=30)
        assert process.returncode, "it came to its end"
        killed += process.returncode == -signal.SIGKILL
        rows = await on(place, kept)
        assert len(rows) == count
        assert {both.open(sealed, message_purpose(name)) for name, sealed in rows} == {b"hello"}
    assert killed, "it gave up each time before anybody looked"
    ended = finish(command(*words("reseal"), folder=place.folder, environment=environment))
    assert ended.code == 0, ended
    assert set(await on(place, count_by_master_key)) == {new}
    print(f"{killed} kills, {done} of {count} done by then; the last run: {ended.out.strip()}")
    assert master_key_id(old.keys[0]) != new
