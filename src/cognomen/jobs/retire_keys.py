"""Forgets the signing keys of which no token is left."""

from structlog.typing import FilteringBoundLogger

from cognomen.domain.signing_keys import VERIFYING_MS, WAITING_MS
from cognomen.errors import PoolDoesNotExist
from cognomen.flows.key_rotation import retire
from cognomen.jobs.bell import JobBell
from cognomen.services import Services
from cognomen.storage import signing_keys

EVERY_SECONDS = 3600.0  # a retired key verifies nothing any more, so there is no hurry


class RetireKeysJob:
    """Works once an hour; what several processes do at once does no harm."""

    name = "retire_keys"

    def __init__(self, world: Services, log: FilteringBoundLogger) -> None:
        self.bell = JobBell()
        self._world = world
        self._log = log

    async def work(self) -> float:
        """All pools with keys that have had their time."""
        before_ms = self._world.now_ms() - WAITING_MS - VERIFYING_MS
        due = await self._world.database.read(lambda tx: signing_keys.pools_with_successors(tx, before_ms))
        for pool_id in due:
            await self._retire(pool_id)
        return EVERY_SECONDS

    async def finish(self) -> None:
        """Nothing is left under way."""

    async def _retire(self, pool_id: str) -> None:
        try:
            await retire(self._world, await self._world.directory.pool(pool_id))
        except PoolDoesNotExist:  # it went a moment ago, and its keys with it
            return
        self._log.info("signing keys retired", pool=pool_id)
