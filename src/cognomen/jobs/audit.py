"""Keeps the audit log in order: unfinished calls get their record, old records go, and the log tells its head."""

from structlog.typing import FilteringBoundLogger

from cognomen.flows.audit import Alarm, Recorder, forget_before
from cognomen.jobs.bell import JobBell
from cognomen.services import Services

EVERY_SECONDS = 60.0
PAUSE_SECONDS = 0.05  # while there is more to forget, so that other writes come in between
DAY_MS = 86_400_000


def alarm_of(log: FilteringBoundLogger) -> Alarm:
    """Logs what keeps the audit log from being written."""

    def alarm(fault: BaseException) -> None:
        log.error("the audit log cannot be written", why=f"{type(fault).__name__}: {fault}")

    return alarm


class AuditJob:
    """Works once a minute. Any number of processes may run it on one store."""

    name = "audit"

    def __init__(self, world: Services, recorder: Recorder, log: FilteringBoundLogger, keep_days: int) -> None:
        self.bell = JobBell()
        self._world = world
        self._recorder = recorder
        self._log = log
        self._keep_ms = keep_days * DAY_MS
        self._told = ""

    async def work(self) -> float:
        """One turn; answers the seconds until the next one."""
        self._tell_head()
        unfinished = await self._recorder.adopt()
        if unfinished:
            self._log.warning("calls that never ended are in the audit log", calls=unfinished)
        gone = await forget_before(self._world.database, self._world.sealer, self._world.now_ms() - self._keep_ms)
        if gone:
            self._log.info("old records of the audit log are gone", records=gone)
        return PAUSE_SECONDS if gone else EVERY_SECONDS

    async def finish(self) -> None:
        """Tell the head for the last time."""
        self._tell_head()

    def _tell_head(self) -> None:
        """Wherever the log lines are kept, they prove later how far the audit log went."""
        head = self._recorder.head
        if head and str(head.anchor) != self._told:
            self._told = str(head.anchor)
            self._log.info("audit head", anchor=self._told)
