"""Who is on the way to whom: where one way hangs, it takes no place from the others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class WayHangs(Exception):  # noqa: N818
    """As many as may be are on this way, and they do not move."""


class Lanes:
    """At most `at_once` sends on one way. One that takes longer than `patience` seconds is taken to hang."""

    def __init__(self, at_once: int, patience: float, seconds: Callable[[], float]) -> None:
        self._at_once = at_once
        self._patience = patience
        self._seconds = seconds
        self._under_way: dict[object, tuple[str, float]] = {}

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Be on this way; raises WayHangs."""
        if sum(way == name for way, _ in self._under_way.values()) >= self._at_once:
            raise WayHangs
        mark = object()
        self._under_way[mark] = (name, self._seconds())
        try:
            yield
        finally:
            del self._under_way[mark]

    def hanging(self) -> int:
        """How many sends hang."""
        now = self._seconds()
        return sum(now - began >= self._patience for _, began in self._under_way.values())

    def seconds_to_next(self) -> float | None:
        """In how long one more will be taken to hang; None where none is under way that does not yet."""
        now = self._seconds()
        left = (self._patience - (now - began) for _, began in self._under_way.values())
        return min((seconds for seconds in left if seconds > 0), default=None)
