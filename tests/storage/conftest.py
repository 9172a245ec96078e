"""The storage suite runs on SQLite in a file, SQLite in memory, and a real PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import pytest

from cognomen.storage import migrate
from cognomen.storage.database import Database
from cognomen.storage.postgres import PostgresDatabase
from cognomen.storage.sqlite import SqliteDatabase
from cognomen.storage.wipe import wipe
from storage.stores import ENGINES, FILE, POSTGRES, SHARED_ENGINES, PostgresServer, Store


@pytest.fixture(scope="session")
def postgres_url(postgres: PostgresServer) -> str:
    """The one database of this worker; `database` wipes it before each test."""
    return postgres.new_database("worker")


@pytest.fixture
def empty_store(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], Store]:
    """Makes a store in which nothing has been migrated yet."""

    numbers = count()

    def make(engine: str) -> Store:
        if engine == POSTGRES:
            return Store(engine, request.getfixturevalue("postgres").new_database("empty"))
        return Store(engine, str(tmp_path / f"empty{next(numbers)}.db"))

    return make


def _store(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    if engine == POSTGRES:
        return Store(engine, request.getfixturevalue("postgres_url"))
    return Store(engine, str(tmp_path / "cognomen.db"))


async def _opened(store: Store) -> AsyncIterator[Database]:
    database = await store.open()
    await migrate.run(database)
    await database.write(wipe)
    await database.write(lambda tx: tx.run("delete from counters"))
    yield database
    await database.close()


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return _store(request.param, tmp_path, request)


@pytest.fixture(params=SHARED_ENGINES)
def shared_store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store that several processes can open."""
    return _store(request.param, tmp_path, request)


@pytest.fixture
async def database(anyio_backend: str, store: Store) -> AsyncIterator[Database]:
    """An empty database of the newest schema, on each engine."""
    async for opened in _opened(store):
        yield opened


@pytest.fixture
async def shared_database(anyio_backend: str, shared_store: Store) -> AsyncIterator[Database]:
    async for opened in _opened(shared_store):
        yield opened


@pytest.fixture
async def on_sqlite(anyio_backend: str, tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    async for opened in _opened(Store(FILE, str(tmp_path / "cognomen.db"))):
        assert isinstance(opened, SqliteDatabase)
        yield opened


@pytest.fixture
async def on_postgres(anyio_backend: str, postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    async for opened in _opened(Store(POSTGRES, postgres_url)):
        assert isinstance(opened, PostgresDatabase)
        yield opened
