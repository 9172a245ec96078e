"""The one clock: everything that asks for the time asks here, so that tests can move it."""

import time


class Clock:
    """Milliseconds and seconds since 1970, moved forward by `advance`."""

    def __init__(self) -> None:
        self._offset_ms = 0

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000 + self._offset_ms

    def advance(self, seconds: int) -> None:
        """Move this clock forward; only the dev profile lets anybody ask for it."""
        self._offset_ms += seconds * 1000
