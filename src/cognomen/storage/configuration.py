"""The version of what the pools and clients are: other processes drop what they remember when it moves."""

from cognomen.storage import counters
from cognomen.storage.database import Tx


async def version(tx: Tx) -> int:
    """How often pools and clients were changed."""
    return await counters.value(tx, "configuration")


async def bump(tx: Tx) -> None:
    """Say that a pool or a client is changed by this write."""
    await counters.bump(tx, "configuration")
