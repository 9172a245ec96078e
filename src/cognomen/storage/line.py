"""Who waits for a turn at the store: for a connection of the pool, or for the lock that another process holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

TURNS = 4  # that an ordinary call takes, one after the other, each at the end of the line
WEIGHT = 1 / 8  # of the last turn in the pace


class Line:
    """Those who wait, the first one first, and at which pace they get their turns."""

    def __init__(self) -> None:
        self._since: dict[object, float] = {}
        self._pace_s = 0.0
        self._moved_at = 0.0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait in line during this block."""
        key, joined = object(), monotonic()
        self._since[key] = joined
        try:
            yield
        finally:
            del self._since[key]
            now = monotonic()
            self._pace_s += (now - max(joined, self._moved_at) - self._pace_s) * WEIGHT
            self._moved_at = now

    def is_long(self, longest_s: float, now: float) -> bool:
        """Whether a call that comes now would wait for longer, or somebody has done so already."""
        if not self._since:
            return False
        first = next(iter(self._since.values()))
        return now - first > longest_s or len(self._since) * TURNS * self._pace_s > longest_s
