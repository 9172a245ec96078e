"""Sealing anew, under the master key in use, all that is sealed under another one; safe beside servers at work.

It may be ended at any time and begun again: what is done is passed over.
"""

from collections import Counter
from dataclasses import dataclass, field

from cognomen.admin.sealed_columns import SEALED, SealedColumn
from cognomen.signing.port import SealBroken
from cognomen.signing.sealing import HEAD_BYTES, AesGcmSealer
from cognomen.storage import counters
from cognomen.storage.database import Database, Row, Tx

BATCH = 100  # values in one transaction


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values of each column were sealed anew, and how many no known master key opens."""

    done: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)


async def reseal(database: Database, sealer: AesGcmSealer) -> Resealed:
    """Go through all sealed columns, a batch at a time."""
    resealed = Resealed()
    for column in SEALED:
        await _Walk(database, sealer, column, resealed).go()
    return resealed


@dataclass(slots=True)
class _Walk:
    """Through one column, in the order of its table's key."""

    database: Database
    sealer: AesGcmSealer
    column: SealedColumn
    resealed: Resealed

    async def go(self) -> None:
        after: tuple[object, ...] = ()
        while rows := await self.database.read(lambda tx: self._batch(tx, after)):  # noqa: B023
            changes = [change for row in rows if (change := self._anew(row))]
            self.resealed.done[self.column.name] += await self.database.write(
                lambda tx: self._put(tx, changes)  # noqa: B023
            )
            after = rows[-1][: len(self.column.key)]

    async def _batch(self, tx: Tx, after: tuple[object, ...]) -> list[Row]:
        """The next rows that are sealed under another key: key, what else the purpose needs, value."""
        column = self.column
        keys, marks = ", ".join(column.key), ", ".join("?" * len(column.key))
        behind = f" and ({keys}) > ({marks})" if after else ""
        return await tx.all(
            f"select {', '.join((*column.key, *column.more, column.column))} from {column.table}"  # noqa: S608
            f" where length({column.column}) > 0 and substr({column.column}, 1, {HEAD_BYTES}) <> ?{behind}"
            f" order by {keys} limit ?",
            (self.sealer.head, *after, BATCH),
        )

    def _anew(self, row: Row) -> Row | None:
        """The new value, and by what the row is found: its key, and the value that it had."""
        *named, sealed = row
        purpose = self.column.purpose(*named)
        try:
            plain = self.sealer.open(sealed, purpose)
        except SealBroken:
            self.resealed.unreadable[self.column.name] += 1
            return None
        return (self.sealer.seal(plain, purpose), *named[: len(self.column.key)], sealed)

    async def _put(self, tx: Tx, changes: list[Row]) -> int:
        """Where a value was changed meanwhile, it is left alone; answers how many were not."""
        column = self.column
        found = " and ".join(f"{name} = ?" for name in (*column.key, column.column))
        statement = f"update {column.table} set {column.column} = ? where {found}"  # noqa: S608
        touched = 0
        for change in changes:
            touched += await tx.run(statement, change)
        if touched and column.version:
            await counters.bump(tx, column.version)
        return touched
