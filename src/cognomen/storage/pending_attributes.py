"""Rows of new values that wait for a code, one for each attribute of a user."""

from cognomen.storage.database import Tx


async def put(tx: Tx, pool_id: str, sub: str, attribute: str, value: str) -> None:
    """Let a value wait; it takes the place of an older one."""
    await tx.run(
        "insert into pending_attributes (pool_id, sub, attribute, value) values (?, ?, ?, ?)"
        " on conflict (pool_id, sub, attribute) do update set value = excluded.value",
        (pool_id, sub, attribute, value),
    )


async def get(tx: Tx, pool_id: str, sub: str, attribute: str) -> str | None:
    """The value that waits."""
    row = await tx.one(
        "select value from pending_attributes where pool_id = ? and sub = ? and attribute = ?",
        (pool_id, sub, attribute),
    )
    return row[0] if row else None


async def take(tx: Tx, pool_id: str, sub: str, attribute: str) -> str | None:
    """The value that waited, which does so no more."""
    row = await tx.one(
        "delete from pending_attributes where pool_id = ? and sub = ? and attribute = ? returning value",
        (pool_id, sub, attribute),
    )
    return row[0] if row else None
