"""Room for calls that may hang: so many run at a time, so many more wait, and none keeps the server from ending."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from cognomen import errors
from cognomen.tasks import become_a_task
from cognomen.triggers.port import TIMED_OUT, TargetUnreachable


class Places:
    """At most `most` calls run at a time, each on a thread of its own, and at most `queue` more wait."""

    def __init__(self, most: int, queue: int) -> None:
        self._free = asyncio.Semaphore(most)
        self._queue = queue
        self._waiting = 0

    async def run(self, work: Callable[[], bytes], seconds: float) -> bytes:
        """What the work answers; a place is free again when its work ends, not when its caller gives up.

        Raises TooManyRequestsException where everything is taken, TargetUnreachable after `seconds`, waiting included.
        """
        if self._free.locked() and self._waiting >= self._queue:
            raise errors.Overloaded
        await become_a_task()
        try:
            async with asyncio.timeout(seconds):
                self._waiting += 1
                try:
                    await self._free.acquire()
                finally:
                    self._waiting -= 1
                return await self._start(work)
        except TimeoutError:
            raise TargetUnreachable(TIMED_OUT) from None

    def _start(self, work: Callable[[], bytes]) -> "asyncio.Future[bytes]":
        loop = asyncio.get_running_loop()
        result: asyncio.Future[bytes] = loop.create_future()

        def end(answer: bytes | None, fault: BaseException | None) -> None:
            self._free.release()
            if result.done():
                return
            if fault is None:
                result.set_result(answer or b"")
            else:
                result.set_exception(fault)

        def perform() -> None:
            try:
                answer, fault = work(), None
            except BaseException as raised:  # noqa: BLE001  # told to whoever waits
                answer, fault = b"", raised
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(end, answer, fault)

        Thread(target=perform, name="trigger", daemon=True).start()
        return result
