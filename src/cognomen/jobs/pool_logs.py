"""Delivers what waits of pools' logs, oldest first, many lines at once, and again later where a destination fails.

Lines are leased, delivered and deleted, in that order: a crash in between repeats them. After a day they are dropped.
"""

from collections.abc import Sequence
from itertools import groupby

from structlog.typing import FilteringBoundLogger

from cognomen.delivery.log_sinks import LogSinks
from cognomen.delivery.port import DeliveryFailed
from cognomen.jobs.bell import JobBell
from cognomen.services import Services
from cognomen.storage import pool_logs
from cognomen.storage.pool_logs import WaitingLog

BATCH = 200
EVERY_SECONDS = 2.0
LEASE_MS = 60_000  # longer than any delivery, so that nobody else begins meanwhile
PAUSES_MS = (5_000, 30_000, 120_000, 600_000)  # after the first try, the second, …; the last repeats
KEEP_TRYING_MS = 86_400_000


class PoolLogsJob:
    """Any number of processes may run it on one store."""

    name = "pool logs"

    def __init__(self, world: Services, sinks: LogSinks, log: FilteringBoundLogger) -> None:
        self.bell = JobBell()
        self._world = world
        self._sinks = sinks
        self._log = log

    async def work(self) -> float:
        """One batch; answers the seconds until the next one, which is at once after a full one."""
        now_ms = self._world.now_ms()
        if not await self._world.database.read(lambda tx: pool_logs.is_due(tx, now_ms)):
            return EVERY_SECONDS  # most pools log nothing, and a write would take the store's lock
        leased = await self._world.database.write(lambda tx: pool_logs.lease(tx, now_ms, now_ms + LEASE_MS, BATCH))
        for arn, lines in groupby(sorted(leased, key=_destination), key=_destination):
            await self._deliver(arn, tuple(lines))
        return 0.0 if len(leased) == BATCH else EVERY_SECONDS

    async def finish(self) -> None:
        """Nothing is left under way."""

    async def _deliver(self, arn: str, logs: Sequence[WaitingLog]) -> None:
        try:
            await self._sinks.of(arn).write([one.document for one in logs])
        except DeliveryFailed as failed:
            await self._put_off(arn, logs, str(failed))
        else:
            await self._world.database.write(lambda tx: pool_logs.done(tx, logs))

    async def _put_off(self, arn: str, logs: Sequence[WaitingLog], reason: str) -> None:
        now_ms = self._world.now_ms()
        lost = [one for one in logs if now_ms - one.created_ms >= KEEP_TRYING_MS]
        kept = [one for one in logs if now_ms - one.created_ms < KEEP_TRYING_MS]
        again_ms = now_ms + max((_pause_ms(one) for one in kept), default=0)
        if lost:
            await self._world.database.write(lambda tx: pool_logs.done(tx, lost))
        if kept:
            await self._world.database.write(lambda tx: pool_logs.again_at(tx, kept, again_ms))
        self._log.warning("pool logs wait", destination=arn, reason=reason, lines=len(kept), dropped=len(lost))


def _destination(log: WaitingLog) -> str:
    return log.destination


def _pause_ms(log: WaitingLog) -> int:
    return PAUSES_MS[min(log.tries, len(PAUSES_MS)) - 1]
