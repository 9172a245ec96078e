"""What wakes a job that sleeps."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias


class JobBell(asyncio.Event):
    """A bell in the sense of Services: rung by whoever has work for a job."""

    def ring(self) -> None:
        """Wake the job; if it is at work, it looks again before it sleeps."""
        self.set()


Wait: TypeAlias = Callable[[asyncio.Event, float], Awaitable[None]]


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Sleep until the event or for so many seconds, whichever is first."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
