"""Lines of pools' logs that wait for delivery; they are leased as messages of the outbox are."""

from collections.abc import Sequence
from dataclasses import dataclass

from cognomen.domain.pool_logs import PoolLog
from cognomen.storage.database import Tx
from cognomen.storage.json_columns import json_text


@dataclass(frozen=True, slots=True)
class WaitingLog:
    """A line as it is delivered; `tries` counts its leases, this one included."""

    pool_id: str
    log_id: str
    destination: str
    document: str
    created_ms: int
    tries: int


async def put(tx: Tx, log: PoolLog) -> None:
    """A new line, due at once."""
    await tx.run(
        "insert into pool_logs (pool_id, log_id, destination, document, created_ms, next_try_ms, tries)"
        " values (?, ?, ?, ?, ?, ?, 0)",
        (log.pool_id, log.log_id, log.destination, json_text(log.document), log.created_ms, log.created_ms),
    )


async def is_due(tx: Tx, now_ms: int) -> bool:
    """Whether a line waits to be delivered now."""
    return await tx.one("select 1 from pool_logs where next_try_ms <= ? limit 1", (now_ms,)) is not None


async def lease(tx: Tx, now_ms: int, until_ms: int, limit: int) -> list[WaitingLog]:
    """Take up to so many due lines, oldest first; nobody else sees them until then."""
    rows = await tx.all(
        "update pool_logs set next_try_ms = ?, tries = tries + 1"
        " where next_try_ms <= ? and (pool_id, log_id) in"
        " (select pool_id, log_id from pool_logs where next_try_ms <= ? order by next_try_ms, log_id limit ?)"
        " returning pool_id, log_id, destination, document, created_ms, tries",
        (until_ms, now_ms, now_ms, limit),
    )
    return sorted((WaitingLog(*row) for row in rows), key=lambda log: (log.created_ms, log.log_id))


async def done(tx: Tx, logs: Sequence[WaitingLog]) -> None:
    """Forget lines that were delivered, or that nobody wants any more."""
    for log in logs:
        await tx.run("delete from pool_logs where pool_id = ? and log_id = ?", (log.pool_id, log.log_id))


async def again_at(tx: Tx, logs: Sequence[WaitingLog], at_ms: int) -> None:
    """Let leased lines become due at this time; those that somebody else has leased since stay as they are."""
    for log in logs:
        await tx.run(
            "update pool_logs set next_try_ms = ? where pool_id = ? and log_id = ? and tries = ?",
            (at_ms, log.pool_id, log.log_id, log.tries),
        )
