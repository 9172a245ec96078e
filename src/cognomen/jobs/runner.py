"""Keeps the jobs running beside the server, and brings them to an orderly end."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from structlog.typing import FilteringBoundLogger

from cognomen.jobs.bell import JobBell, Wait, wait
from cognomen.storage.database import StorageFailed

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 8.0  # no job rests long where what failed is well again


class Job(Protocol):
    """Something that is done again and again."""

    @property
    def name(self) -> str:
        """How the log calls it."""

    @property
    def bell(self) -> JobBell:
        """Wakes it before its time."""

    async def work(self) -> float:
        """Do what is due; answers in how many seconds to look again."""

    async def finish(self) -> None:
        """Bring to an end what is under way; no work comes after."""


class Runner:
    """One task for each job. A job that raises is logged and runs again after a pause that grows."""

    def __init__(self, jobs: Sequence[Job], log: FilteringBoundLogger, wait: Wait = wait) -> None:
        self._jobs = jobs
        self._log = log
        self._wait = wait
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._tasks = [asyncio.create_task(self._keep_running(job), name=job.name) for job in self._jobs]

    async def stop(self) -> None:
        """Wake whoever sleeps, let each job finish what is under way, and return when all have."""
        self._stopping.set()
        for job in self._jobs:
            job.bell.ring()
        await asyncio.gather(*self._tasks)

    async def _keep_running(self, job: Job) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            job.bell.clear()
            try:
                seconds = await job.work()
            except Exception as fault:  # noqa: BLE001  (a job outlives every fault of its work)
                self._say(job, fault, pause)
                # Not on the bell: what fails must not fail again as often as it is rung.
                await self._wait(self._stopping, pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            else:
                pause = FIRST_PAUSE_SECONDS
                await self._wait(job.bell, seconds)
        await self._finish(job)

    def _say(self, job: Job, fault: Exception, pause: float) -> None:
        """Log a failure, with its stack only where it may be a fault of the program."""
        if isinstance(fault, StorageFailed):
            self._log.error("job failed", job=job.name, again_in=pause, reason=str(fault))
        else:
            self._log.exception("job failed", job=job.name, again_in=pause, exc_info=fault)

    async def _finish(self, job: Job) -> None:
        try:
            await job.finish()
        except Exception:  # noqa: BLE001  (the others have to finish too)
            self._log.exception("job failed to finish", job=job.name)
