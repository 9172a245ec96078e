"""Work that takes a core for milliseconds, kept off the event loop and bounded in number."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, TypeVar

from cognomen import errors

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Room:
    """How much work there may be: so many threads, so many who wait, and for so long."""

    threads: int
    queue: int
    longest_s: float = 10.0


@dataclass(slots=True, eq=False)
class _Job:
    work: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    result: asyncio.Future[Any]
    since: float


class BoundedThreads:
    """Work runs in no more threads than there is room for, and no more waits, nor longer; threads start when needed.

    Leaner than the library's executor, whose futures are made for threads that wait: here only the loop waits, so it
    keeps the books alone and needs no lock.
    """

    def __init__(self, room: Room, name: str) -> None:
        self._room = room
        self._name = name
        self._running = 0
        self._waiting: deque[_Job] = deque()
        self._ready: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[Thread] = []

    async def run(self, work: Callable[[], T]) -> T:
        """What the work answers; raises TooManyRequestsException where every place is taken, or for too long.

        A caller that is cancelled gives its place back at once if it waits, and when its work ends if that
        runs: a thread cannot be stopped, so counting callers would let impatient ones overload the threads.
        """
        self.expect_room()
        loop = asyncio.get_running_loop()
        job = _Job(work, loop, loop.create_future(), monotonic())
        if self._running < self._room.threads:
            self._start(job)
        else:
            self._waiting.append(job)
        try:
            answer: T = await job.result
        finally:
            if job.result.cancelled():
                with suppress(ValueError):
                    self._waiting.remove(job)
        return answer

    def expect_room(self) -> None:
        """Raise TooManyRequestsException where every place is taken, before anything is done that needs one."""
        self._drop_late(monotonic())
        if self._running >= self._room.threads and len(self._waiting) >= self._room.queue:
            raise errors.Overloaded

    def close(self) -> None:
        """Drop what waits and wait for what runs."""
        while self._waiting:
            self._waiting.popleft().result.cancel()
        for _ in self._threads:
            self._ready.put(None)
        for thread in self._threads:
            thread.join()

    def _drop_late(self, now: float) -> None:
        """Refuse those who have waited too long: they may be gone, and whoever comes later would wait as long."""
        while self._waiting and now - self._waiting[0].since > self._room.longest_s:
            late = self._waiting.popleft()
            if not late.result.done():
                late.result.set_exception(errors.Overloaded)

    def _start(self, job: _Job) -> None:
        self._running += 1
        if self._running > len(self._threads):
            thread = Thread(target=self._perform, name=f"{self._name}_{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._ready.put(job)

    def _perform(self) -> None:
        """What a thread does until it is told to end."""
        while (job := self._ready.get()) is not None:
            answer, fault = None, None
            try:
                answer = job.work()
            except BaseException as raised:  # noqa: BLE001 - it is raised where the work was asked for
                fault = raised
            with suppress(RuntimeError):  # the loop has ended, and nobody waits
                job.loop.call_soon_threadsafe(self._settle, job, answer, fault)

    def _settle(self, job: _Job, answer: object, fault: BaseException | None) -> None:
        """Back in the loop: hand over what came of a job, and begin the next."""
        self._running -= 1
        self._drop_late(monotonic())
        if self._waiting:
            self._start(self._waiting.popleft())
        if job.result.done():
            return
        if fault is None:
            job.result.set_result(answer)
        else:
            job.result.set_exception(fault)
