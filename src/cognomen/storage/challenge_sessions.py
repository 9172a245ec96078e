"""Rows of sessions that were used: a challenge is answered once."""

from cognomen.storage.database import Tx


async def spend(tx: Tx, pool_id: str, session_id: str, expires_ms: int) -> bool:
    """Use a session up; of any number of racing calls one gets True."""
    touched = await tx.run(
        "insert into challenge_sessions (pool_id, session_id, expires_ms) values (?, ?, ?)"
        " on conflict (pool_id, session_id) do nothing",
        (pool_id, session_id, expires_ms),
    )
    return touched > 0


async def is_spent(tx: Tx, pool_id: str, session_id: str) -> bool:
    """Whether the session was used up."""
    row = await tx.one("select 1 from challenge_sessions where pool_id = ? and session_id = ?", (pool_id, session_id))
    return row is not None
