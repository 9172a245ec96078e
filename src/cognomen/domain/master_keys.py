"""When a master key may go: what was given out sealed under it must have ended (decision 0011)."""

from datetime import datetime, timedelta
from typing import Final

LONGEST_HANDED_OUT: Final = timedelta(days=7)
"""The longest life of what is sealed and not stored: the links of risk notices; sign-ins, pages and temporary
credentials last hours at most."""
SETTLED: Final = timedelta(seconds=10)
"""By then all servers that read the file have noticed a change of it, which takes them a second."""


def free_at(successor_since: datetime | None) -> datetime | None:
    """When nothing is left that was sealed under a key and given out, by when another took its place.

    None where that is not known.
    """
    return None if successor_since is None else successor_since + LONGEST_HANDED_OUT
