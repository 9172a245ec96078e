"""Rows of what pools and app clients were told about sessions; without a row AWS's defaults hold (reference 11)."""

from cognomen.domain.sessions import SSO_MINUTES, SessionTracking
from cognomen.storage.database import Tx


async def of_pool(tx: Tx, pool_id: str) -> SessionTracking:
    """Whether and how a pool tracks sessions."""
    row = await tx.one("select enabled, most_per_user from pool_session_configurations where pool_id = ?", (pool_id,))
    return SessionTracking(bool(row[0]), row[1]) if row else SessionTracking()


async def put_of_pool(tx: Tx, pool_id: str, tracking: SessionTracking) -> None:
    """Put this in place of what a pool was told before."""
    await tx.run(
        "insert into pool_session_configurations (pool_id, enabled, most_per_user) values (?, ?, ?)"
        " on conflict (pool_id) do update set enabled = excluded.enabled, most_per_user = excluded.most_per_user",
        (pool_id, int(tracking.enabled), tracking.most_per_user),
    )


async def of_client(tx: Tx, pool_id: str, client_id: str) -> int:
    """For how many minutes a client takes a sign-in through another client for its own."""
    row = await tx.one(
        "select max_validity_minutes from client_session_configurations where pool_id = ? and client_id = ?",
        (pool_id, client_id),
    )
    minutes: int = row[0] if row else SSO_MINUTES
    return minutes


async def put_of_client(tx: Tx, pool_id: str, client_id: str, minutes: int) -> None:
    """Put this in place of what a client was told before."""
    await tx.run(
        "insert into client_session_configurations (pool_id, client_id, max_validity_minutes) values (?, ?, ?)"
        " on conflict (pool_id, client_id) do update set max_validity_minutes = excluded.max_validity_minutes",
        (pool_id, client_id, minutes),
    )
