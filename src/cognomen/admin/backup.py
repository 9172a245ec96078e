"""Backing up a whole server or one pool: every row as it was in one moment, while servers go on."""

from collections.abc import Iterable
from dataclasses import dataclass

from cognomen import __version__
from cognomen.admin.backup_file import End, Head, Rows, Sink, put
from cognomen.admin.sealed_columns import SEALED
from cognomen.signing.sealing import master_key_in
from cognomen.storage import backup_rows, migrate
from cognomen.storage.database import Database, Row, Snapshot
from cognomen.storage.tables import TABLES, Kept, Shape, shapes


class BackupRefused(Exception):  # noqa: N818
    """Nothing can be backed up; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be backed up: everything, or one pool; `digest_key` is the id of the key that digests are under."""

    pool_id: str | None
    made_ms: int
    digest_key: str | None


class _Backup:
    """One backup under way."""

    def __init__(self, sink: Sink, wanted: Wanted) -> None:
        self._sink = sink
        self._wanted = wanted
        self._counts: dict[str, int] = {}
        self._master_keys: set[str] = set()

    async def write(self, snapshot: Snapshot, schema: int) -> End:
        """Put everything into the sink; raises BackupRefused."""
        put(self._sink, self._head(schema, await backup_rows.pool_ids(snapshot)))
        for name, shape in shapes(schema).items():
            if self._holds(name):
                await self._write_table(snapshot, name, shape)
        end = End(self._counts, tuple(sorted(self._master_keys)), self._wanted.digest_key)
        put(self._sink, end)
        return end

    def _head(self, schema: int, pools: list[str]) -> Head:
        pool_id = self._wanted.pool_id
        if pool_id is None:
            return Head(__version__, schema, self._wanted.made_ms, True, tuple(pools))
        if pool_id not in pools:
            raise BackupRefused(f"User pool {pool_id} does not exist.")
        return Head(__version__, schema, self._wanted.made_ms, False, (pool_id,))

    def _holds(self, name: str) -> bool:
        kept = TABLES[name].kept
        return kept is Kept.POOL or (kept is Kept.SERVER and self._wanted.pool_id is None)

    async def _write_table(self, snapshot: Snapshot, name: str, shape: Shape) -> None:
        sealed = [shape.columns.index(column.column) for column in SEALED if column.table == name]
        async for rows in backup_rows.batches(snapshot, name, shape, self._wanted.pool_id):
            put(self._sink, Rows(name, shape.columns, rows))
            self._counts[name] = self._counts.get(name, 0) + len(rows)
            self._note_keys(rows, sealed)

    def _note_keys(self, rows: Iterable[Row], sealed: list[int]) -> None:
        self._master_keys |= {master_key_in(row[place]) for place in sealed for row in rows if row[place]}


async def back_up(database: Database, sink: Sink, wanted: Wanted) -> End:
    """Write a backup and answer what is in it; raises BackupRefused, SchemaRefused.

    No more rows are in memory than one batch.
    """
    await migrate.check(database)
    latest = migrate.known()[-1].version

    async def look(snapshot: Snapshot) -> End:
        ((version,),) = await snapshot.all("select version from schema_version where name = 'schema'")
        if version != latest:
            raise BackupRefused(
                f"The database has schema version {version}, this command knows {latest}: use the version of cognomen"
                " that the database was migrated by."
            )
        return await _Backup(sink, wanted).write(snapshot, version)

    return await database.snapshot(look)
