"""Rows of the pools' signing keys, which are sealed under the master key."""

from cognomen.domain.signing_keys import StoredKey, TokenUse
from cognomen.storage.database import Tx

# Where a key has one before it that took over so long ago, it may be that its predecessor is retired.
WITH_OLD_SUCCESSORS = """
select distinct k.pool_id from signing_keys k
join signing_keys s on s.pool_id = k.pool_id and s.token_use = k.token_use and s.created_ms > k.created_ms
where s.created_ms <= ?
"""


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


async def pools_with_successors(tx: Tx, before_ms: int) -> list[str]:
    """The pools in which a key has a successor that was made before then."""
    return [pool_id for (pool_id,) in await tx.all(WITH_OLD_SUCCESSORS, (before_ms,))]


async def delete(tx: Tx, pool_id: str, key_id: str) -> bool:
    """Forget a key; False where there is none."""
    return await tx.run("delete from signing_keys where pool_id = ? and key_id = ?", (pool_id, key_id)) > 0
