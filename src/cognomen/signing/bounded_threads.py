"""Work that takes a core for milliseconds, kept off the event loop and bounded in number."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from cognomen import errors

T = TypeVar("T")


class BoundedThreads:
    """At most `threads` pieces of work run at a time and `queue` more wait; threads start when needed."""

    def __init__(self, threads: int, queue: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads + queue
        self._open: set[Future[Any]] = set()

    async def run(self, work: Callable[[], T]) -> T:
        """What the work answers; raises TooManyRequestsException where every place is taken.

        A caller that is cancelled gives its place back at once if it waits, and when its work ends if that
        runs: a thread cannot be stopped, so counting callers would let impatient ones overload the threads.
        """
        if len(self._open) >= self._most:
            raise errors.TooManyRequestsException
        job = self._threads.submit(work)
        self._open.add(job)
        job.add_done_callback(self._open.discard)
        return await asyncio.wrap_future(job)

    def close(self) -> None:
        """Drop what waits and wait for what runs."""
        self._threads.shutdown(wait=True, cancel_futures=True)
