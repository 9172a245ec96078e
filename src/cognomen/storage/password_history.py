"""Rows of passwords that users had before, so that nobody takes one of them again."""

from cognomen.domain.user import StoredPassword
from cognomen.storage.database import Tx

NEWEST = "select hash from password_history where pool_id = ? and sub = ? order by set_ms desc, hash limit ?"


async def newest(tx: Tx, pool_id: str, sub: str, limit: int) -> list[str]:
    """The hashes of the last passwords before the present one, the newest first."""
    rows = await tx.all(NEWEST, (pool_id, sub, limit))
    return [row[0] for row in rows]


async def add(tx: Tx, pool_id: str, sub: str, replaced: StoredPassword, keep: int) -> None:
    """Remember a password that was replaced, and forget all but the `keep` newest."""
    await tx.run(
        "insert into password_history (pool_id, sub, hash, set_ms) values (?, ?, ?, ?)"
        " on conflict (pool_id, sub, hash) do nothing",
        (pool_id, sub, replaced.hash, replaced.set_ms),
    )
    await tx.run(
        f"delete from password_history where pool_id = ? and sub = ? and hash not in ({NEWEST})",  # noqa: S608
        (pool_id, sub, pool_id, sub, keep),
    )
