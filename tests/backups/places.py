"""Stores of both engines with master keys of their own, backed up and restored as the commands do it."""

import base64
import hashlib
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from cognomen import settings
from cognomen.process import backups
from cognomen.process.backup_secrets import SecretFiles
from cognomen.storage.database import Database, Row, Snapshot
from cognomen.storage.tables import shapes
from cognomen.wiring import open_database
from served import Served, serve

SQLITE, POSTGRES = "sqlite", "postgres"
ENGINES = (SQLITE, POSTGRES)
PAIRS = [(one, other) for one in ENGINES for other in ENGINES]
KEY = bytes(range(32))  # of every backup here; a passphrase would take half a second
PUBLIC_URL = "http://localhost:9229"  # wherever a server is, its tokens say the same
Stored = Mapping[str, list[Row]]


def private(file: Path, content: bytes) -> Path:
    """A file that nobody else may read."""
    file.touch(mode=0o600)
    file.write_bytes(content)
    return file


def key_in(file: Path, *keys: bytes) -> Path:
    """A file of keys, a line each; fresh ones where none is given."""
    return private(file, b"".join(base64.b64encode(key) + b"\n" for key in keys or (os.urandom(32),)))


@dataclass(frozen=True)
class Place:
    """A store, and the settings that name it."""

    folder: Path
    database: str | None
    master_key: Path

    @property
    def flags(self) -> dict[str, str | None]:
        store = {"database": self.database, "data": None} if self.database else {"data": str(self.folder)}
        return {**store, "master_key_file": str(self.master_key)}

    @property
    def settings(self) -> settings.Settings:
        return settings.load(self.flags, environment={}, file=Path(os.devnull))

    def serve(self, **more: Any) -> AbstractContextManager[Served]:
        return serve(**self.flags, public_url=PUBLIC_URL, **more)

    def back_up(self, file: Path, pool_id: str | None = None, **secret: Path) -> str:
        return backups.make(self.settings, asked(file, pool_id, **secret))

    def restore(
        self,
        file: Path,
        pool_id: str | None = None,
        theirs: Path | None = None,
        overwrite: bool = False,
        **secret: Path,
    ) -> str:
        return backups.bring_back(self.settings, asked(file, pool_id, **secret), theirs, overwrite=overwrite)

    def run(self, work: Any) -> Any:
        """Run something with the open store."""

        async def opened() -> Any:
            database = await open_database(self.settings)
            try:
                return await work(database)
            finally:
                await database.close()

        return anyio.run(opened)

    def rows(self, version: int) -> Stored:
        """Every row of every table, in order of their keys."""
        return self.run(lambda database: rows_of(database, version))


def asked(file: Path, pool_id: str | None, **secret: Path) -> backups.Asked:
    named = secret or {"key": key_in(file.parent / "backup.key", KEY)}
    return backups.Asked(file, SecretFiles(named.get("passphrase"), named.get("key")), pool_id)


async def rows_of(database: Database, version: int) -> Stored:
    async def look(snapshot: Snapshot) -> Stored:
        return {
            name: await snapshot.all(f"select {', '.join(shape.columns)} from {name} order by {', '.join(shape.key)}")
            for name, shape in shapes(version).items()
        }

    return await database.snapshot(look)


def digest(rows: Stored) -> str:
    """One number for everything."""
    return hashlib.sha256(repr(sorted(rows.items())).encode()).hexdigest()
