"""Messages that the dev profile keeps for developers and their tests to read."""

from dataclasses import dataclass, field

from cognomen.storage import counters
from cognomen.storage.database import Tx

MOST = 1000  # messages told at once


@dataclass(frozen=True, slots=True)
class Kept:
    """A sealed message, and what it can be found by."""

    pool_id: str
    message_id: str
    recipient: str = field(repr=False)
    kind: str
    sealed: bytes = field(repr=False)


async def put(tx: Tx, message: Kept) -> None:
    """Keep a message behind all that are there; a message that is kept already stays where it is."""
    # The counter's row stays locked until this write ends, so positions become visible in their order.
    position = await counters.bump(tx, "inbox")
    await tx.run(
        "insert into inbox (pool_id, message_id, position, recipient, kind, sealed) values (?, ?, ?, ?, ?, ?)"
        " on conflict (pool_id, message_id) do nothing",
        (message.pool_id, message.message_id, position, message.recipient, message.kind, message.sealed),
    )


async def after(tx: Tx, message_id: str, recipient: str = "", kind: str = "", pool_id: str = "") -> list[Kept]:
    """What arrived behind this message, oldest first, as far as it is told at once.

    An empty filter takes all, an unknown id begins at the start.
    """
    rows = await tx.all(
        "select pool_id, message_id, recipient, kind, sealed from inbox"
        " where position > coalesce((select max(position) from inbox where message_id = ?), 0)"
        " and (? = '' or recipient = ?) and (? = '' or kind = ?) and (? = '' or pool_id = ?) order by position limit ?",
        (message_id, recipient, recipient, kind, kind, pool_id, pool_id, MOST),
    )
    return [Kept(*row) for row in rows]


async def clear(tx: Tx) -> None:
    """Forget all messages."""
    await tx.run("delete from inbox")
