"""Locks that somebody else holds for long: who needs them is told so in time, everybody else goes on."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import asyncpg
import pytest

from faults.conftest import Kept, integrity
from faults.line import Line
from faults.load import done
from faults.processes import cognomen
from storage.stores import FILE, POSTGRES

ANSWERED_SECONDS = 5.0
SLACK_SECONDS = 1.0  # for a machine that does other things as well
LOCKED = 8  # calls at once: fewer than there are connections to PostgreSQL, or some would wait for one before


@contextmanager
def held_on_postgres(kept: Kept) -> Iterator[None]:
    """Every row of users, by a transaction that does not end."""
    url = kept.flags[kept.flags.index("--database") + 1]
    with asyncio.Runner() as runner:
        other = runner.run(asyncpg.connect(url))
        runner.run(other.execute("begin; select 1 from users for update"))
        try:
            yield
        finally:
            runner.run(other.close())


@contextmanager
def held_on_sqlite(kept: Kept) -> Iterator[None]:
    """The lock of writers, by another process or an administrator's tool."""
    with closing(sqlite3.connect(kept.folder / "cognomen.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")


HOLDERS = {POSTGRES: held_on_postgres, FILE: held_on_sqlite}


@pytest.mark.parametrize("engine", HOLDERS)
def test_a_lock_of_somebody_else(keep: Callable[[str], Kept], engine: str) -> None:
    """STO-05, of locks: writes that need it end as faults in 5 s and change nothing, reads go on, and once it is let
    go everything works again with no restart."""
    kept = keep(engine)
    with (
        cognomen(kept.folder, *kept.flags, environment=kept.environment) as server,
        closing(Line([server.url])) as line,
    ):
        pool_id = done(line, "CreateUserPool", PoolName="locks")["UserPool"]["Id"]
        named = {"UserPoolId": pool_id, "Username": "ann"}
        done(line, "AdminCreateUser", **named, MessageAction="SUPPRESS")

        def disable(_: int) -> tuple[str, float]:
            with closing(Line([server.url])) as own:
                return own.call("AdminDisableUser", **named).error, own.longest_s

        with HOLDERS[engine](kept), ThreadPoolExecutor(LOCKED) as many:
            waiting = [many.submit(disable, number) for number in range(LOCKED)]
            ended = [one.result() for one in waiting]
            assert line.call("AdminGetUser", **named).document["Enabled"]
        assert {error for error, _ in ended} == {"InternalErrorException"}
        assert max(seconds for _, seconds in ended) <= ANSWERED_SECONDS + SLACK_SECONDS
        assert line.call("AdminGetUser", **named).document["Enabled"]
        done(line, "AdminDisableUser", **named)
        assert not line.call("AdminGetUser", **named).document["Enabled"]
    if engine == FILE:
        assert integrity(Path(kept.folder) / "cognomen.db") == []
