"""Counters of how often somebody tried a thing within a window of time."""

from cognomen.storage.database import Tx


async def count_up(  # noqa: PLR0917
    tx: Tx, pool_id: str, subject: str, kind: str, now_ms: int, window_ms: int
) -> int:
    """Count one more try and answer how many there were since the window opened, this one included.

    The first try opens the window; once it has passed the count begins anew. No two racing calls get one number.
    """
    over_ms = now_ms - window_ms
    row = await tx.one(
        "insert into attempts (pool_id, subject, kind, started_ms, tries) values (?, ?, ?, ?, 1)"
        " on conflict (pool_id, subject, kind) do update set"
        " tries = case when attempts.started_ms <= ? then 1 else attempts.tries + 1 end,"
        " started_ms = case when attempts.started_ms <= ? then excluded.started_ms else attempts.started_ms end"
        " returning tries",
        (pool_id, subject, kind, now_ms, over_ms, over_ms),
    )
    assert row is not None
    count: int = row[0]
    return count
