"""How long to wait before trying again."""

from collections.abc import Iterator
from secrets import randbelow


def pauses(first_ms: int, longest_ms: int, within_ms: int) -> Iterator[float]:
    """Seconds to wait before each further try: doubling, jittered so that two processes never keep step, bounded."""
    spent_ms, pause_ms = 0, first_ms
    while spent_ms < within_ms:
        jittered_ms = pause_ms - randbelow(pause_ms // 2 + 1)
        yield jittered_ms / 1000
        spent_ms += jittered_ms
        pause_ms = min(2 * pause_ms, longest_ms)
