"""Token buckets: how requests at a rate are let through, exactly and without a clock."""

SECOND_MS = 1000
LONG_AGO_MS = -(10**15)


class Bucket:
    """Holds what may be asked for at once: after a pause a second's worth of the rate, which then comes back evenly.

    Counted in thousandths of a request, so that nothing is rounded. Where several processes share a rate, the share of
    each comes back `sharers` times as slowly, and together they never let more through than the rate.
    """

    __slots__ = ("_level", "_seen_ms")

    def __init__(self) -> None:
        self._level = 0
        self._seen_ms = LONG_AGO_MS

    def has(self, rate: int, sharers: int, now_ms: int) -> bool:
        """Whether one more request may pass now, at `rate` requests a second."""
        passed_ms = now_ms - self._seen_ms
        self._seen_ms = now_ms
        most = rate * SECOND_MS * sharers
        level = self._level + rate * passed_ms if passed_ms > 0 else self._level  # a clock set back brings nothing
        self._level = min(level, most)
        return self._level >= SECOND_MS * sharers

    def take(self, sharers: int) -> None:
        """Let one request pass, for which `has` said that there is room."""
        self._level -= SECOND_MS * sharers
