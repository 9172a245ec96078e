"""Bringing a backup back: into an empty store, or one pool into a store that has others; all of it or nothing."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from cognomen.admin.backup_file import BackupUnreadable, Contents, Rows, Source, records
from cognomen.admin.sealing_anew import Anew
from cognomen.storage import backup_rows, configuration, counters, migrate
from cognomen.storage.database import Database, Tx, UniqueViolation
from cognomen.storage.tables import TABLES, Kept, shapes

# Digests under a key that does not come along: who waits for a code asks for another one.
OF_NO_USE_ANEW = frozenset({"codes"})


class RestoreRefused(Exception):  # noqa: N818
    """Nothing was changed; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Restore:
    """What is to be restored: a backup that was read once to its end, or one pool of it.

    `open_again` gives its content from the beginning. `overwrite` lets what is there go. `anew` is there where the
    server that is restored to has other master keys.
    """

    contents: Contents
    open_again: Callable[[], Source]
    pool_id: str | None
    overwrite: bool
    anew: Anew | None = None

    @property
    def whole(self) -> bool:
        """Whether the store becomes what the backed-up server was."""
        return self.contents.head.whole and self.pool_id is None

    @property
    def pools(self) -> tuple[str, ...]:
        """The pools that come in."""
        return (self.pool_id,) if self.pool_id else self.contents.head.pools


async def restore(database: Database, asked: Restore) -> dict[str, int]:
    """Put everything in, in one transaction, and answer how many rows of each table; raises RestoreRefused.

    A backup of an older schema goes into a new store, which is migrated afterwards.
    """
    schema = asked.contents.head.schema
    if await is_behind(database, asked):
        await migrate.run(database, [step for step in migrate.known() if step.version <= schema])
    counts = await database.write(lambda tx: _put_in(tx, asked))
    await migrate.run(database)
    return counts


async def is_behind(database: Database, asked: Restore) -> bool:
    """Whether a store is brought to the newest schema by this restore; raises RestoreRefused where neither fits."""
    head, latest = asked.contents.head, migrate.known()[-1].version
    if head.schema > latest:
        raise RestoreRefused(
            f"The backup has schema version {head.schema}, this command knows {latest}: use cognomen {head.cognomen}"
            " or newer."
        )
    if asked.pool_id and asked.pool_id not in head.pools:
        raise RestoreRefused(
            f"The backup does not hold {asked.pool_id}. It holds: {', '.join(head.pools) or 'no pool'}"
        )
    version = (await database.read(migrate.state_of)).version
    if 0 < version < head.schema:
        raise RestoreRefused(
            f"The store has schema version {version}, the backup {head.schema}: run `cognomen migrate` first."
        )
    if version > head.schema:
        raise RestoreRefused(
            f"The store has schema version {version}, the backup {head.schema}: restore into a new store (another"
            " --data or --database), which is migrated then; for one pool, back it up there again."
        )
    return version < latest


async def _put_in(tx: Tx, asked: Restore) -> dict[str, int]:
    await _make_room(tx, asked)
    counts: dict[str, int] = {}
    for some in _rows(asked):
        try:
            await tx.put_rows(some.table, some.columns, some.rows)
        except UniqueViolation as clash:
            raise RestoreRefused(_clash(some.table)) from clash
        counts[some.table] = counts.get(some.table, 0) + len(some.rows)
    await configuration.bump(tx)
    await counters.bump(tx, "access_keys")
    return counts


def _clash(table: str) -> str:
    return (
        f"The store has a row of {table} already that the backup holds, in another pool: delete that one there first."
    )


async def _make_room(tx: Tx, asked: Restore) -> None:
    """Raises RestoreRefused where something is there and may not be overwritten."""
    if asked.whole:
        if not await backup_rows.is_empty(tx) and not asked.overwrite:
            raise RestoreRefused(
                "The store is not empty: restore into a new one, or give --overwrite, and everything in it is lost."
            )
        await backup_rows.clear_all(tx, shapes(asked.contents.head.schema))
        return
    for pool_id in asked.pools:
        if await backup_rows.holds_pool(tx, pool_id) and not asked.overwrite:
            raise RestoreRefused(f"The store has {pool_id} already: give --overwrite, and what it holds there is lost.")
        await backup_rows.clear_pool(tx, pool_id, shapes(asked.contents.head.schema))


def _rows(asked: Restore) -> Iterator[Rows]:
    """What comes in of the backup; raises BackupUnreadable where it holds what this schema never had."""
    known = shapes(asked.contents.head.schema)
    for record in records(asked.open_again()):
        if not isinstance(record, Rows):
            continue
        if record.table not in known or record.columns != known[record.table].columns:
            raise BackupUnreadable(f"the backup holds a table {record.table!r} that this version does not know")
        if any(len(row) != len(record.columns) for row in record.rows):
            raise BackupUnreadable(f"the backup holds rows of {record.table} of another length")
        if _comes_in(asked, record.table):
            some = record if asked.whole else _of_pools(record, asked.pools, chosen=bool(asked.pool_id))
            yield asked.anew.rows(some) if asked.anew else some


def _comes_in(asked: Restore, table: str) -> bool:
    if asked.anew and table in OF_NO_USE_ANEW:
        return False
    kept = TABLES[table].kept if table in TABLES else Kept.NOWHERE
    return kept is Kept.POOL or (asked.whole and kept is Kept.SERVER)


def _of_pools(record: Rows, pools: Collection[str], *, chosen: bool) -> Rows:
    """The rows of these pools; raises BackupUnreadable where a backup holds others and these were not `chosen`.

    Whoever hands a backup of a pool over knows its secret, and must not reach the other pools of this store.
    """
    place = record.columns.index("pool_id")
    rows = [row for row in record.rows if row[place] in pools]
    if len(rows) < len(record.rows) and not chosen:
        raise BackupUnreadable(f"the backup holds rows of {record.table} of a pool that it does not name")
    return Rows(record.table, record.columns, rows)
