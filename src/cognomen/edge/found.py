"""When what is being served now was found: a loop finds many requests at once, and serves them one after the other."""

import asyncio
from time import monotonic
from weakref import WeakKeyDictionary

YOUNG_SECONDS = 0.1


class Found:
    """Remembers the first look of each round of a loop."""

    def __init__(self) -> None:
        self._at = 0.0

    def at(self, loop: asyncio.AbstractEventLoop) -> float:
        """By time.monotonic. The loop's own time tells something else: timers that are set move it."""
        if not self._at:
            self._at = monotonic()
            loop.call_soon(self._forget)  # comes after all that was found in this round
        return self._at

    def is_young(self) -> bool:
        """Whether the round has just begun: uvloop looks for more within it, and timers and tasks wait meanwhile."""
        return monotonic() - self._at < YOUNG_SECONDS

    def _forget(self) -> None:
        self._at = 0.0


_BY_LOOP: "WeakKeyDictionary[asyncio.AbstractEventLoop, Found]" = WeakKeyDictionary()


def found_by(loop: asyncio.AbstractEventLoop) -> Found:
    """The one of this loop."""
    return _BY_LOOP.setdefault(loop, Found())
