"""The seam between SQL written once and the engine that runs it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from cognomen.storage.line import Line
from cognomen.transactions import write_is_open

Row: TypeAlias = tuple[Any, ...]
T = TypeVar("T")


class UniqueViolation(Exception):  # noqa: N818
    """A row with this key is already there. The transaction cannot commit any more: let this leave the work."""


class NoSuchTable(Exception):  # noqa: N818
    """The schema is older than the statement."""


class StorageFailed(Exception):  # noqa: N818
    """The engine could not do its work (disk full, broken, away, too busy): nothing was acknowledged."""


class StoreFull(StorageFailed):
    """There is no room on the disk for what should be written."""


class Tx(Protocol):
    """One open transaction. Placeholders are ``?``, in order; a statement holds no other question mark."""

    async def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Execute and answer how many rows it touched; raises UniqueViolation, and AssertionError in a read."""

    async def put_rows(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert many rows in the fastest way that the engine has (COPY on PostgreSQL); raises UniqueViolation."""

    async def one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """The first row, or None."""

    async def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows."""


Work: TypeAlias = Callable[[Tx], Awaitable[T]]


class Snapshot(Protocol):
    """The store as it was in one moment, however long it is looked at; whoever writes goes on."""

    async def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows."""

    def batches(self, sql: str, values: Sequence[object], size: int) -> AsyncIterator[list[Row]]:
        """All rows, so many at a time; none but these are in memory."""


Look: TypeAlias = Callable[[Snapshot], Awaitable[T]]


class Database(Protocol):
    """Runs work in transactions; work may run again when the engine asks for a retry, so it only touches the Tx.

    Inside one write, what other writes do at the same time shows between two statements on PostgreSQL and never
    on SQLite. So a change that depends on a row either is one statement, or first holds the row by an update
    (`users.held`).
    """

    @property
    def line(self) -> Line:
        """Those of this process who wait for their turn."""

    async def read(self, work: Work[T]) -> T:
        """Run reads. Each statement sees what was committed when it began; raises StorageFailed."""

    async def write(self, work: Work[T]) -> T:
        """Run a short write transaction: committed when this returns, rolled back when it raises."""

    async def snapshot(self, look: Look[T]) -> T:
        """Run reads that all see one moment; never run again, so that they may write files. Raises StorageFailed."""

    async def close(self) -> None:
        """Let go of the engine."""


def refuse_inside_write() -> None:
    """Fail loudly where work begins another transaction: it would wait for itself, or see what may be rolled back."""
    if write_is_open.get():
        msg = "a transaction was begun inside an open write transaction"
        raise AssertionError(msg)


def refuse_write_in_read() -> None:
    """Fail loudly where work given to `read` writes."""
    msg = "a statement was run in a read: give the work to write()"
    raise AssertionError(msg)


def refuse_commit_after_clash() -> None:
    """Fail loudly where work swallowed a UniqueViolation: PostgreSQL would quietly roll back instead of committing."""
    msg = "a UniqueViolation must leave the work: the transaction cannot commit"
    raise AssertionError(msg)
