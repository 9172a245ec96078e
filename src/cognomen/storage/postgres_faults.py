"""What goes wrong with PostgreSQL, and what it means to us: try again, give up, or nothing that we foresaw."""

import asyncio

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from cognomen.storage.database import NoSuchTable, StorageFailed, UniqueViolation
from cognomen.storage.patience import Slow

NOT_SERIALIZABLE = {"40001", "40P01"}
NOT_THERE = {"57P01", "57P02", "57P03", "53300"}  # shut down, crashed, starting up, full
TOO_LONG = "57014"
READ_ONLY = "25006"  # it was the primary, and is the standby of another one now
# Processes that make one table in one moment clash on its name, which is a key like any other.
KEY_TAKEN = (asyncpg.UniqueViolationError, asyncpg.DuplicateTableError, asyncpg.DuplicateObjectError)
ELSEWHERE = (asyncpg.PostgresError, asyncpg.TargetServerAttributeNotMatched)
FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)  # and so TimeoutError


class TryAgain(Exception):  # noqa: N818
    """Nothing was changed, and the same work may well succeed in a moment."""


class ReadOnly(TryAgain):
    """Another server is the primary now."""


class Silent(StorageFailed):
    """No answer came, not even that it takes too long: the other end is gone."""


# Nobody knows what the other end is at, and asking would be one more wait.
UNHEARD = (Silent, Slow, asyncio.CancelledError)


def is_lost(connection: PoolConnectionProxy, fault: Exception) -> bool:
    """Whether the connection is of no use any more, so that nothing of its transaction can have stayed."""
    try:
        # asyncpg loses its way where the server takes leave of an idle connection in the very moment of its use.
        return connection.is_closed() or isinstance(fault, asyncpg.InternalClientError)
    except asyncpg.InterfaceError:  # closed, and taken back by the pool
        return True


def raise_named(fault: Exception, *, lost: bool) -> None:
    """Raise what the fault means to us; return where it is a fault of the program, to be seen as it is."""
    state = getattr(fault, "sqlstate", None) or ""
    if isinstance(fault, asyncpg.PostgresError):
        fault.detail = None  # it quotes rows, and the fault may come into the log
    if isinstance(fault, KEY_TAKEN):
        raise UniqueViolation(fault.constraint_name or str(fault)) from fault
    if isinstance(fault, asyncpg.UndefinedTableError):
        raise NoSuchTable(str(fault)) from fault
    if isinstance(fault, TimeoutError):
        msg = "PostgreSQL took too long, and did not say so"
        raise Silent(msg) from fault
    if state == TOO_LONG:
        msg = f"PostgreSQL took too long: {state}"
        raise StorageFailed(msg) from fault
    if state == READ_ONLY:
        raise ReadOnly(type(fault).__name__) from fault
    stale_plan = isinstance(fault, asyncpg.InvalidCachedStatementError)  # a migration ran meanwhile
    if lost or stale_plan or state in NOT_SERIALIZABLE | NOT_THERE or isinstance(fault, OSError) or state[:2] == "08":
        raise TryAgain(f"{type(fault).__name__} {state}") from fault
    if isinstance(fault, asyncpg.PostgresError) and state[:2] in {"53", "54", "57", "58", "XX"}:
        msg = f"PostgreSQL failed: {type(fault).__name__} {state}"
        raise StorageFailed(msg) from fault
