"""A job of which one process on the store does the work, while the others stand by."""

from cognomen.jobs.bell import JobBell
from cognomen.jobs.runner import Job
from cognomen.services import Services
from cognomen.storage import leases
from cognomen.storage.leases import Lease

LEASE_SECONDS = 150  # longer than a job sleeps between two turns, and than a batch on a slow store takes
LOOK_AGAIN_SECONDS = 60.0


class OneAtATime:
    """Does a job as long as this process holds its lease, which is kept at each turn.

    A process that is killed holds it for 150 seconds at most. A job must bear that a process whose clock is wrong, or
    that slept through the end of its lease, does a turn beside another one.
    """

    def __init__(self, world: Services, job: Job) -> None:
        self._world = world
        self._job = job
        self._lease = Lease(job.name, world.ids.uuid(), LEASE_SECONDS * 1000)

    @property
    def name(self) -> str:
        """That of the job."""
        return self._job.name

    @property
    def bell(self) -> JobBell:
        """That of the job."""
        return self._job.bell

    async def work(self) -> float:
        """A turn of the job, where it is this process's; answers in how many seconds to look again."""
        now_ms = self._world.now_ms()
        mine = await self._world.database.write(lambda tx: leases.take(tx, self._lease, now_ms))
        return await self._job.work() if mine else LOOK_AGAIN_SECONDS

    async def finish(self) -> None:
        """Finish the job, and let another process have it at once."""
        await self._job.finish()
        await self._world.database.write(lambda tx: leases.release(tx, self._lease))
