"""How jobs are kept running and brought to an end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from cognomen.jobs.bell import JobBell, wait
from cognomen.jobs.runner import Runner

pytestmark = pytest.mark.anyio


class Waits:
    """Stands in for sleeping: remembers for how long it would have been, and ends with the event or `pass_time`."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._asleep = asyncio.Event()
        self._time = asyncio.Event()

    async def __call__(self, event: asyncio.Event, seconds: float) -> None:
        self.asked.append(seconds)
        self._asleep.set()
        either = {asyncio.ensure_future(event.wait()), asyncio.ensure_future(self._time.wait())}
        _, pending = await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        for waiting in pending:
            waiting.cancel()
        self._time.clear()

    async def until_asleep(self) -> None:
        await self._asleep.wait()
        self._asleep.clear()

    async def pass_time(self) -> None:
        self._time.set()
        await self.until_asleep()


class Sweeping:
    """A job that counts what it does."""

    name = "sweeping"

    def __init__(self, work: Callable[[int], Awaitable[float]] | None = None) -> None:
        self.bell = JobBell()
        self.done = 0
        self.finished = 0
        self._work = work

    async def work(self) -> float:
        self.done += 1
        return await self._work(self.done) if self._work else 60

    async def finish(self) -> None:
        self.finished += 1


async def always_fail(_count: int) -> float:
    raise RuntimeError("fault")


@pytest.fixture
def logged() -> LogCapture:
    return LogCapture()


@pytest.fixture
def log(logged: LogCapture) -> Any:
    return structlog.wrap_logger(None, processors=[logged])


async def test_a_job_works_at_once_when_its_time_has_come_and_when_rung(log: Any) -> None:
    """Work is done at the start, after the seconds it asked for, and when the bell rings before that."""
    job, waits = Sweeping(), Waits()
    runner = Runner([job], log, waits)
    runner.start()
    await waits.until_asleep()
    assert (job.done, waits.asked) == (1, [60])
    await waits.pass_time()
    assert job.done == 2
    job.bell.ring()
    await waits.until_asleep()
    assert job.done == 3
    await runner.stop()
    assert (job.done, job.finished) == (3, 1)


async def test_a_ring_during_work_is_not_lost(log: Any) -> None:
    """What rings while the job is at work makes it look again before it sleeps."""
    job = Sweeping()
    looked_again = asyncio.Event()

    async def ring_once(count: int) -> float:
        (job.bell.ring if count == 1 else looked_again.set)()
        return 3600

    job._work = ring_once
    runner = Runner([job], log)
    runner.start()
    async with asyncio.timeout(30):
        await looked_again.wait()
        await runner.stop()


async def test_a_failing_job_is_logged_and_runs_again_later_and_later(log: Any, logged: LogCapture) -> None:
    """Each failure is logged and doubles the pause up to eight seconds; a success ends that, no ring does."""

    async def fail_but_once(count: int) -> float:
        if count != 9:
            raise RuntimeError("fault")
        return 33

    job, waits = Sweeping(fail_but_once), Waits()
    runner = Runner([job], log, waits)
    runner.start()
    await waits.until_asleep()
    job.bell.ring()
    for _ in range(5):
        await asyncio.sleep(0)
    assert job.done == 1
    for _ in range(9):
        await waits.pass_time()
    await runner.stop()
    assert waits.asked == [1, 2, 4, 8, 8, 8, 8, 8, 33, 1]
    assert [(entry["event"], entry["job"]) for entry in logged.entries] == [("job failed", "sweeping")] * 9


async def test_one_failing_job_does_not_stop_another(log: Any) -> None:
    """Jobs run apart from one another."""
    broken, healthy, waits = Sweeping(always_fail), Sweeping(), Waits()
    runner = Runner([broken, healthy], log, waits)
    runner.start()
    await waits.until_asleep()
    await runner.stop()
    assert (broken.done, healthy.done) == (1, 1)
    assert (broken.finished, healthy.finished) == (1, 1)


async def test_stopping_is_prompt(log: Any) -> None:
    """Whoever sleeps for an hour or after a failure is woken at once."""

    async def tired(_count: int) -> float:
        return 3600

    waits = Waits()
    runner = Runner([Sweeping(tired), Sweeping(always_fail)], log, waits)
    runner.start()
    async with asyncio.timeout(30):
        while len(waits.asked) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await runner.stop()  # while no time passes
    assert sorted(waits.asked) == [1, 3600]


async def test_a_job_that_cannot_finish_does_not_hold_up_the_end(log: Any, logged: LogCapture) -> None:
    """A fault at the end is logged; the others finish all the same."""

    class Stuck(Sweeping):
        async def finish(self) -> None:
            raise RuntimeError("fault")

    healthy = Sweeping()
    runner = Runner([Stuck(), healthy], log)
    runner.start()
    await runner.stop()
    assert healthy.finished == 1
    assert [entry["event"] for entry in logged.entries] == ["job failed to finish"]


async def test_a_wait_ends_with_the_event_or_the_time() -> None:
    """A wait returns when the event is set, and after its seconds where it is not."""
    bell = JobBell()
    await wait(bell, 0.001)
    assert not bell.is_set()
    bell.ring()
    async with asyncio.timeout(30):
        await wait(bell, 3600)
