"""For how long what is held in memory may be used before the store is asked whether it still holds."""

import asyncio
from collections.abc import Awaitable, Callable

FRESH_MS = 500


class Freshness:
    """Fresh for half a second after each look at the store, of which one runs at a time."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._looking = asyncio.Lock()
        self._looked_ms = -FRESH_MS

    def holds(self) -> bool:
        """Whether there is no need to look; a clock that was set back makes nothing fresh."""
        return 0 <= self._now_ms() - self._looked_ms < FRESH_MS

    def end(self) -> None:
        """Look again before anything is used."""
        self._looked_ms = -FRESH_MS

    async def renew(self, look: Callable[[], Awaitable[bool]]) -> None:
        """Look, unless another task has just done it; what `look` answers False to is as stale as before."""
        async with self._looking:
            if self.holds():
                return
            asked_ms = self._now_ms()
            if await look():
                self._looked_ms = asked_ms
