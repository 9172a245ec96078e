"""Rows of the pools' signing keys, which are sealed under the master key."""

from cognomen.domain.signing_keys import StoredKey, TokenUse
from cognomen.storage.database import Tx


async def insert(tx: Tx, key: StoredKey) -> None:
    """One more key of a pool; raises UniqueViolation."""
    await tx.run(
        "insert into signing_keys (pool_id, key_id, token_use, sealed, created_ms) values (?, ?, ?, ?, ?)",
        (key.pool_id, key.key_id, key.token_use.value, key.sealed, key.created_ms),
    )


async def of_pool(tx: Tx, pool_id: str) -> list[StoredKey]:
    """All keys of a pool, oldest first."""
    rows = await tx.all(
        "select key_id, token_use, sealed, created_ms from signing_keys where pool_id = ? order by created_ms, key_id",
        (pool_id,),
    )
    return [StoredKey(pool_id, key_id, TokenUse(use), sealed, created_ms) for key_id, use, sealed, created_ms in rows]
