"""Messages that wait for a courier. They are written with what they tell of, so that neither exists without the other.

Whoever delivers leases messages first: for the time of the lease no other process sees them. A message whose
lease runs out before it is done is leased again, so each is sent at least once.
"""

from dataclasses import dataclass, field

from cognomen.storage.database import Tx


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sealed message; `tries` counts its leases, this one included."""

    pool_id: str
    message_id: str
    sealed: bytes = field(repr=False)
    created_ms: int
    tries: int


async def put(tx: Tx, pool_id: str, message_id: str, sealed: bytes, now_ms: int) -> None:
    """A new message, due at once."""
    await tx.run(
        "insert into outbox (pool_id, message_id, sealed, created_ms, next_try_ms, tries) values (?, ?, ?, ?, ?, 0)",
        (pool_id, message_id, sealed, now_ms, now_ms),
    )


async def lease(tx: Tx, now_ms: int, seconds: int, limit: int) -> list[Waiting]:
    """Take up to so many due messages, oldest first, for so many seconds."""
    rows = await tx.all(
        "update outbox set next_try_ms = ?, tries = tries + 1"
        " where next_try_ms <= ? and (pool_id, message_id) in"
        " (select pool_id, message_id from outbox where next_try_ms <= ? order by next_try_ms, message_id limit ?)"
        " returning pool_id, message_id, sealed, created_ms, tries",
        (now_ms + seconds * 1000, now_ms, now_ms, limit),
    )
    return sorted((Waiting(*row) for row in rows), key=lambda message: (message.created_ms, message.message_id))


async def done(tx: Tx, message: Waiting) -> None:
    """Forget a message that its courier took."""
    await tx.run("delete from outbox where pool_id = ? and message_id = ?", (message.pool_id, message.message_id))


async def again_at(tx: Tx, message: Waiting, at_ms: int, *, tried: bool = True) -> None:
    """Let a leased message become due at this time; does nothing where somebody else has leased it since.

    Where it was not tried the lease does not count.
    """
    await tx.run(
        "update outbox set next_try_ms = ?, tries = ? where pool_id = ? and message_id = ? and tries = ?",
        (at_ms, message.tries - (not tried), message.pool_id, message.message_id, message.tries),
    )


async def next_due_ms(tx: Tx) -> int | None:
    """When the next message becomes due; None where none waits."""
    row = await tx.one("select min(next_try_ms) from outbox")
    return row[0] if row else None
