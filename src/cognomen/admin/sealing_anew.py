"""Rows of another server, with what is sealed under its master keys sealed under this server's."""

from dataclasses import dataclass

from cognomen.admin.backup_file import Rows
from cognomen.admin.sealed_columns import SEALED, SealedColumn
from cognomen.signing.port import Sealer
from cognomen.storage.database import Row


@dataclass(frozen=True, slots=True)
class Anew:
    """From which sealer to which."""

    theirs: Sealer
    ours: Sealer

    def rows(self, some: Rows) -> Rows:
        """The same rows; raises SealBroken."""
        rows = some.rows
        for column in SEALED:
            if column.table == some.table:
                places = [some.columns.index(name) for name in (*column.key, *column.more)]
                rows = [self._row(row, column, places, some.columns.index(column.column)) for row in rows]
        return Rows(some.table, some.columns, rows)

    def _row(self, row: Row, column: SealedColumn, named: list[int], place: int) -> Row:
        if not row[place]:
            return row
        purpose = column.purpose(*(row[one] for one in named))
        sealed = self.ours.seal(self.theirs.open(row[place], purpose), purpose)
        return (*row[:place], sealed, *row[place + 1 :])
