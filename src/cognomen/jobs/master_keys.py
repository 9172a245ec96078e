"""Takes up master keys that are added to their file, or taken out of it, without a restart."""

from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from cognomen.jobs.bell import JobBell
from cognomen.signing.sealing import MasterKeyUnusable

EVERY_SECONDS = 1.0


class MasterKeysJob:
    """Looks at the file once a second. As long as it cannot be used, the keys stay as they were."""

    name = "master_keys"

    def __init__(self, renew: Callable[[], bool], log: FilteringBoundLogger) -> None:
        self.bell = JobBell()
        self._renew = renew
        self._log = log
        self._told = ""

    async def work(self) -> float:
        """One look; a fault is logged once, not every second."""
        try:
            if self._renew():
                self._log.info("master keys read anew")
            self._told = ""
        except MasterKeyUnusable as fault:
            if str(fault) != self._told:
                self._log.error("the master keys stay as they were", why=str(fault))
            self._told = str(fault)
        return EVERY_SECONDS

    async def finish(self) -> None:
        """Nothing is left under way."""
