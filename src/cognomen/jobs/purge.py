"""Takes away what has expired: codes, refresh tokens, old attempts, and the rest of deleted pools."""

from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from cognomen.jobs.bell import JobBell
from cognomen.services import Services
from cognomen.storage import expired

BATCH = 500  # rows a table
EVERY_SECONDS = 60.0
PAUSE_SECONDS = 0.05  # after a full batch, so that sign-ins come in between


class PurgeJob:
    """Works once a minute, one short transaction at a time; what it does twice does no harm.

    `least_ms` is a time that is certainly past: a record that something is spent must not go because a clock was set.
    """

    name = "purge"

    def __init__(self, world: Services, log: FilteringBoundLogger, least_ms: Callable[[], int] | None = None) -> None:
        self.bell = JobBell()
        self._world = world
        self._log = log
        self._least_ms = least_ms or world.now_ms

    async def work(self) -> float:
        """One batch; answers the seconds until the next one, which is soon after a full one."""
        least_ms, now_ms = self._least_ms(), self._world.now_ms()
        await self._world.database.write(lambda tx: expired.set_right(tx, now_ms))
        gone = await self._world.database.write(lambda tx: expired.purge(tx, least_ms, BATCH))
        if gone:
            self._log.debug("expired rows purged", rows=gone)
        return PAUSE_SECONDS if gone >= BATCH else EVERY_SECONDS

    async def finish(self) -> None:
        """Nothing is left under way."""
