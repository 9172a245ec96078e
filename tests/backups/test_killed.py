"""A restore or a backup that is killed leaves nothing half done, and is simply begun again."""

import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from anyio.from_thread import start_blocking_portal

from backups.filling import NEWEST, POOLS, rows_for
from backups.places import ENGINES, KEY, SQLITE, Place, key_in
from cli.running import PATIENCE, command, finish, run
from cognomen.signing.master_key_file import read_master_key_file
from cognomen.signing.sealing import AesGcmSealer
from cognomen.storage import migrate
from cognomen.storage.database import Database
from cognomen.storage.tables import shapes
from storage.holding import ENDLESS, held
from storage.stores import FILE, POSTGRES, PostgresServer, Store

Making = Callable[..., Place]
USERS = 20_000
ROUNDS = [1, pytest.param(25, marks=pytest.mark.nightly)]
WRITING = """
select count(*) from pg_stat_activity
where datname = '{}' and pid <> pg_backend_pid() and xact_start is not null and query ilike 'copy%'
"""
CONNECTED = "select count(*) from pg_stat_activity where datname = '{}' and pid <> pg_backend_pid()"


async def populate(database: Database, sealer: AesGcmSealer) -> None:
    """A pool with so many users that a restore takes a while."""
    await migrate.run(database)
    for name, count in (("user_pools", 1), ("users", USERS), ("user_names", USERS)):
        rows = rows_for(name, POOLS[:1], sealer, count)
        await database.write(lambda tx, name=name, rows=rows: tx.put_rows(name, shapes(NEWEST)[name].columns, rows))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a backup of many users, its key, and the master key."""
    folder = tmp_path_factory.mktemp("large")
    old = Place(folder / "store", None, key_in(folder / "master.key"))
    old.folder.mkdir()
    old.run(lambda database: populate(database, AesGcmSealer(read_master_key_file(old.master_key).keys)))
    old.back_up(folder / "backup")
    return folder


def words_of(verb: str, folder: Path, file: str, place: Place) -> tuple[list[str], dict[str, str]]:
    """A command line, and its environment."""
    store = ["--database", place.database] if place.database else ["--data", str(place.folder)]
    key = key_in(folder / "backup.key", KEY)
    return [verb, file, "--key-file", str(key), *store], {"COGNOMEN_MASTER_KEY_FILE": str(place.master_key)}


def is_writing(place: Place, postgres: PostgresServer | None) -> bool:
    """Whether the rows of a backup are on their way in."""
    if place.database and postgres:
        return _asked(postgres, WRITING.format(_name(place))) > 0
    file = place.folder / "cognomen.db"
    return file.exists() and _is_migrated(file) and _is_locked(file)


def _is_migrated(file: Path) -> bool:
    with closing(sqlite3.connect(file, timeout=0)) as store, suppress(sqlite3.OperationalError):
        return store.execute("select version from schema_version").fetchall() == [(NEWEST,)]
    return False


def _is_locked(file: Path) -> bool:
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as store:
        try:
            store.execute("begin immediate")
        except sqlite3.OperationalError:
            return True
    return False


def _name(place: Place) -> str:
    return urlsplit(str(place.database)).path[1:]


def _asked(postgres: PostgresServer, question: str) -> int:
    answer = postgres.handle.psql(f"{question};")
    return int(next(word for word in answer.split() if word.isdecimal()))


@contextmanager
def names_held(place: Place) -> Iterator[None]:
    """No restore gets past the users: else it may be ready before anybody looks."""
    store = Store(POSTGRES, place.database) if place.database else Store(FILE, str(place.folder / "cognomen.db"))
    holding = held(store, "insert on user_names", "new.sub is not null")
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(holding):
        yield


@contextmanager
def names_without_end(place: Place) -> Iterator[None]:
    """No backup gets past the users: whoever reads their names on SQLite counts for ever."""
    endless = "create view user_names as select * from kept_aside where (select count(*) from endless) > 0"
    with closing(sqlite3.connect(place.folder / "cognomen.db", isolation_level=None)) as store:
        for statement in ("alter table user_names rename to kept_aside", ENDLESS, endless):
            store.execute(statement)
        yield
        for statement in ("drop view user_names", "drop view endless", "alter table kept_aside rename to user_names"):
            store.execute(statement)


def killed(process: "subprocess.Popen[str]", seen: Callable[[], bool]) -> bool:
    """Kill a command once something is seen; False where it ended before."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and not seen():
        assert time.monotonic() < until
    process.kill()
    ended = finish(process)
    assert ended.code in {0, -signal.SIGKILL}, ended
    return ended.code != 0


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_restore_leaves_nothing(
    place: Making, large: Path, request: pytest.FixtureRequest, engine: str, rounds: int
) -> None:
    """Killed among its rows, whenever that is: the store is as empty as it was, and the next restore succeeds."""
    postgres = None if engine == SQLITE else request.getfixturevalue("postgres")
    for _ in range(rounds):
        new = place(engine, large / "master.key")
        new.run(migrate.run)
        words, environment = words_of("restore", large, "backup", new)
        with names_held(new):
            assert killed(command(*words, folder=large, environment=environment), lambda: is_writing(new, postgres))  # noqa: B023
        while postgres and _asked(postgres, CONNECTED.format(_name(new))):  # it notices, and rolls back
            pass
        rows = new.rows(NEWEST)
        assert (len(rows["user_pools"]), len(rows["users"])) == (0, 0)
        ended = run(*words, folder=large, environment=environment)
        assert f"restored 1 pools, {USERS} users, {2 * USERS + 1} rows" in ended.out, ended


def test_a_killed_backup_is_none(large: Path, place: Making, tmp_path: Path) -> None:
    """There is no file under its name, and what is left of it is of no use and in nobody's way."""
    old = place(SQLITE, large / "master.key")
    old.run(lambda database: populate(database, AesGcmSealer(read_master_key_file(old.master_key).keys)))
    words, environment = words_of("backup", tmp_path, "new", old)
    with names_without_end(old):
        process = command(*words, folder=tmp_path, environment=environment)
        assert killed(process, lambda: any(one.stat().st_size > 1000 for one in tmp_path.glob(".new.*")))
    assert not (tmp_path / "new").exists()
    assert run(*words, folder=tmp_path, environment=environment).code == 0
    assert (tmp_path / "new").exists()
