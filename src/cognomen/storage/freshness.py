"""For how long what is held in memory may be used before the store is asked whether it still holds."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from cognomen.storage.patience import for_all, share

FRESH_MS = 500


class Freshness:
    """Fresh for half a second after each look at the store, of which one runs at a time."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._looked_ms = -FRESH_MS
        self._looking: asyncio.Task[bool] | None = None
        self._began = 0.0

    def holds(self) -> bool:
        """Whether there is no need to look; a clock that was set back makes nothing fresh."""
        return 0 <= self._now_ms() - self._looked_ms < FRESH_MS

    def end(self) -> None:
        """Look again before anything is used; a look that is under way is too old."""
        self._looked_ms = -FRESH_MS
        self._began = 0.0

    async def renew(self, look: Callable[[], Awaitable[bool]]) -> None:
        """Look, or wait for a look that is young enough; what `look` answers False to is as stale as before.

        Whoever waits for a look shares what it raises: else each would wait for a store that is away by itself, one
        after the other.
        """
        came = monotonic()
        while True:
            looking = self._looking or self._begin(look)
            young = (came - self._began) * 1000 < FRESH_MS
            if await share(looking) and young:
                return

    def _begin(self, look: Callable[[], Awaitable[bool]]) -> "asyncio.Task[bool]":
        self._began = monotonic()
        self._looking = asyncio.create_task(self._look(look))
        self._looking.add_done_callback(_heard)
        return self._looking

    async def _look(self, look: Callable[[], Awaitable[bool]]) -> bool:
        asked_ms = self._now_ms()
        try:
            with for_all():
                done = await look()
        finally:
            self._looking = None
        if done:
            self._looked_ms = asked_ms
        return done


def _heard(looking: "asyncio.Task[bool]") -> None:
    """Keep asyncio from complaining of a fault that nobody waits for any more."""
    if not looking.cancelled():
        looking.exception()
