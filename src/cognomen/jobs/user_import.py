"""Runs the user import job that is active: one part of its file at a time, so that calls come in between."""

from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from cognomen.domain.import_jobs import ACTIVE, ImportJob
from cognomen.domain.import_rows import Sheet
from cognomen.flows.import_run import Overtaken, begin, import_part
from cognomen.jobs.bell import JobBell
from cognomen.services import Services
from cognomen.storage import import_files, import_jobs, leases
from cognomen.storage.database import Tx
from cognomen.storage.leases import Lease

PAUSE_SECONDS = 0.005  # after a part, so that sign-ins come in between
LEASE_SECONDS = 5  # longer than a part takes; a process that is killed holds the job for no longer
LOOK_AGAIN_SECONDS = 15.0  # for jobs that another process was told to start
LEFT_OVER_AT_ONCE = 50  # parts of files


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """The job that this process imports, as it was left, and how its rows are read."""

    job: ImportJob
    sheet: Sheet


class UserImportJob:
    """Any number of processes may run it on one store; the lease only spares them doing one part several times."""

    name = "user-import"

    def __init__(self, world: Services, bell: JobBell, log: FilteringBoundLogger) -> None:
        self.bell = bell
        self._world = world
        self._log = log
        self._lease = Lease(self.name, world.ids.uuid(), LEASE_SECONDS * 1000)
        self._under_way: _UnderWay | None = None

    async def work(self) -> float:
        """One part, or tidying up where there is nothing to import; answers the seconds until the next turn."""
        active = await self._world.database.read(import_jobs.active)
        if not active:
            self._under_way = None
            return await self._tidy()
        if not await self._take_turn():
            self._under_way = None
            return LEASE_SECONDS / 2
        try:
            await self._import(*active[0])
        except Overtaken:
            self._under_way = None
        return PAUSE_SECONDS

    async def finish(self) -> None:
        """Let another process have the job at once."""
        await self._world.database.write(lambda tx: leases.release(tx, self._lease))

    async def _take_turn(self) -> bool:
        now_ms = self._world.now_ms()
        return await self._world.database.write(lambda tx: leases.take(tx, self._lease, now_ms))

    async def _import(self, pool_id: str, job_id: str) -> None:
        job = await self._world.database.read(lambda tx: import_jobs.get(tx, pool_id, job_id))
        if job is None or job.status not in ACTIVE:
            raise Overtaken
        left = self._under_way
        if left is None or left.job != job:  # begun by another process, or before this one ended
            begun, sheet = await begin(self._world, job)
            self._log.info("user import begins", pool_id=pool_id, job_id=job_id, part=begun.next_part)
            left = _UnderWay(begun, sheet) if sheet else None
        if left is None:
            self._log.warning("user import failed", pool_id=pool_id, job_id=job_id)
            return
        moved = await import_part(self._world, left.job, left.sheet)
        if moved.status not in ACTIVE:
            self._log.info("user import ended", pool_id=pool_id, job_id=job_id, status=moved.status)
        self._under_way = _UnderWay(moved, left.sheet)

    async def _tidy(self) -> float:
        """Note what has expired, and forget files that nobody imports any more."""
        now_ms = self._world.now_ms()

        async def work(tx: Tx) -> int:
            await import_jobs.expire(tx, now_ms)
            return await import_files.drop_left_over(tx, LEFT_OVER_AT_ONCE)

        dropped = await self._world.database.write(work)
        return PAUSE_SECONDS if dropped else LOOK_AGAIN_SECONDS
