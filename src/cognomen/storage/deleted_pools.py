"""Pools that are gone and whose rows are still being taken away (storage/expired.py)."""

from cognomen.storage.database import Tx


async def holds(tx: Tx, pool_id: str) -> bool:
    """Whether a pool with this id was deleted not long ago."""
    return await tx.one("select 1 from deleted_pools where pool_id = ?", (pool_id,)) is not None


async def forget(tx: Tx, pool_id: str) -> None:
    """Let a pool have this id again: only once nothing is left of the old one."""
    await tx.run("delete from deleted_pools where pool_id = ?", (pool_id,))
