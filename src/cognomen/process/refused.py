"""The one way in which a start ends before it began."""

from collections.abc import Iterator
from contextlib import contextmanager

from cognomen.admin.seed_file import SeedRefused
from cognomen.errors import AuditLogUnwritable
from cognomen.signing.leaked_passwords import ListUnusable
from cognomen.signing.sealing import MasterKeyUnusable
from cognomen.storage.database import StorageFailed
from cognomen.storage.migrate import SchemaRefused

REFUSED = 2
"""The exit code."""
EXTRAS = {"asyncpg": "a database needs the driver of PostgreSQL: pip install 'cognomen[postgres]'"}


class StartRefused(Exception):  # noqa: N818
    """The server does not start; the text is for whoever started it and says what to do."""


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what may keep a server from being put together into StartRefused."""
    try:
        yield
    except (StorageFailed, SchemaRefused, MasterKeyUnusable, SeedRefused, ListUnusable, AuditLogUnwritable) as fault:
        raise StartRefused(str(fault)) from fault
    except ModuleNotFoundError as fault:
        if fault.name not in EXTRAS:
            raise
        raise StartRefused(EXTRAS[fault.name]) from fault
