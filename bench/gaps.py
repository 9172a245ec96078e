"""How long an event loop answered nobody: a task that wants to run every millisecond looks at the clock."""

import asyncio
import os
import time
from collections.abc import Awaitable
from pathlib import Path

TICK_S = 0.001
SCHEDULE = Path("/proc/thread-self/schedstat")  # nanoseconds: on a processor, waiting for one


async def longest_gap_ms(work: Awaitable[object]) -> float:
    """The longest time between two turns of the ticker until `work` was done, its own wait of a tick included.

    It is real time, so that a thread which keeps the interpreter's lock, or a file that is slow, counts as much as work
    in the loop; but not the time in which the loop was ready and other programs had the processor.
    """
    under_way = asyncio.ensure_future(work)
    schedule = os.open(SCHEDULE, os.O_RDONLY)
    try:
        longest, before = 0.0, _own_s(schedule)
        while not under_way.done():
            await asyncio.sleep(TICK_S)
            now = _own_s(schedule)
            longest, before = max(longest, now - before), now
    finally:
        os.close(schedule)
    await under_way
    return longest * 1000


def _own_s(schedule: int) -> float:
    """The clock without the time that this thread has waited for a processor."""
    return time.perf_counter() - int(os.pread(schedule, 100, 0).split()[1]) / 1e9
