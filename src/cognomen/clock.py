"""The one clock: everything that asks for the time asks here, so that tests can move it."""

import time
from contextlib import AbstractContextManager, nullcontext
from ctypes import c_longlong
from multiprocessing.sharedctypes import Synchronized
from typing import Any

STEP_MS = 1000  # by less a system's clock is slewed, which is followed both ways


class Clock:
    """Milliseconds and seconds since 1970, moved forward by `advance`.

    Where the system's clock is set back this one goes on as if it had not been, so that nothing that has expired comes
    to life again; where it is set forward this one follows (docs/decisions/0014).

    `moved` is memory that all workers of a server share: where one of them moves its clock, all are moved at once.
    """

    def __init__(self, moved: "Synchronized[int] | None" = None) -> None:
        self._moved_ms = moved.get_obj() if moved else c_longlong(0)
        self._ahead_ms = _wall_ms() - _running_ms()
        self._moving: AbstractContextManager[Any] = moved.get_lock() if moved else nullcontext()

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        # Read without the lock, which a killed worker could hold: eight bytes never show half a change.
        return max(_wall_ms(), self._least_ms()) + self._moved_ms.value

    def least_ms(self) -> int:
        """The same, as if the system's clock had never been set since the start: what has expired by then is over."""
        return self._least_ms() + self._moved_ms.value

    def _least_ms(self) -> int:
        running_ms = _running_ms()
        ahead_ms = _wall_ms() - running_ms
        if abs(ahead_ms - self._ahead_ms) < STEP_MS:
            self._ahead_ms = ahead_ms  # one assignment: any thread may ask
        return running_ms + self._ahead_ms

    def advance(self, seconds: int) -> None:
        """Move this clock forward; only the dev profile lets anybody ask for it."""
        with self._moving:
            self._moved_ms.value += seconds * 1000


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _running_ms() -> int:
    """Milliseconds of a clock that nobody can set."""
    return time.monotonic_ns() // 1_000_000
