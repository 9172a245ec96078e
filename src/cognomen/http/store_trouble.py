"""A store that fails: the log tells when it begins, once a minute while it lasts, and when it is over.

A line and a stack for each refused call would take what is left of a full disk, and hide everything else.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from shutil import disk_usage
from time import monotonic

from structlog.typing import FilteringBoundLogger

from cognomen.storage import counters
from cognomen.storage.database import Database, StorageFailed, StoreFull

AGAIN_SECONDS = 60.0
PATIENCE_SECONDS = 2.0  # a probe that waits longer counts as failed anyway
ROOM = 1_048_576  # bytes: a disk that has less is full
FULL, NO_WRITES = "disk full", "database"


class StoreTrouble:
    """What the calls of this process have noticed. `folder` is where an embedded store is."""

    def __init__(
        self,
        database: Database,
        log: FilteringBoundLogger,
        folder: Path | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._database = database
        self._log = log
        self._folder = folder
        self._now = now
        self._failed = 0
        self._said_at: dict[type[StorageFailed], float] = {}

    def note(self, fault: StorageFailed) -> None:
        """A call failed because of the store."""
        self._failed += 1
        now, kind = self._now(), type(fault)
        if kind not in self._said_at or now - self._said_at[kind] >= AGAIN_SECONDS:
            self._said_at[kind] = now
            room = {"free_bytes": self._free_bytes()} if self._folder else {}
            self._log.error("the store failed", reason=str(fault), failed_calls=self._failed, **room)

    async def why_not(self) -> str | None:
        """Why the store takes no writes: found out by one where calls have failed, and None where it takes them."""
        if not self._failed:
            return None
        if StoreFull in self._said_at and self._free_bytes() < ROOM:
            return FULL  # what is small may still find a place
        try:
            await asyncio.wait_for(self._database.write(counters.touch), PATIENCE_SECONDS)
        except StorageFailed as fault:
            self.note(fault)
            return FULL if isinstance(fault, StoreFull) else NO_WRITES
        except TimeoutError:
            return NO_WRITES
        self._log.warning("the store takes writes again", failed_calls=self._failed)
        self._failed = 0
        self._said_at.clear()
        return None

    def _free_bytes(self) -> int:
        return disk_usage(self._folder).free if self._folder else ROOM
