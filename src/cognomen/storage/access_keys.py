"""Rows of access keys; every change of one moves a counter, so that running servers notice."""

from cognomen.domain.access_keys import AccessKey
from cognomen.storage import counters
from cognomen.storage.database import Row, Tx

SELECT = "select key_id, user_name, description, enabled, sealed, policy, created_ms from access_keys"


async def version(tx: Tx) -> int:
    """How often access keys were changed."""
    return await counters.value(tx, "access_keys")


async def insert(tx: Tx, key: AccessKey) -> None:
    """A new key; raises UniqueViolation."""
    await tx.run(
        "insert into access_keys (key_id, user_name, description, enabled, sealed, policy, created_ms)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (key.key_id, key.user, key.description, int(key.enabled), key.sealed, key.policy, key.created_ms),
    )
    await counters.bump(tx, "access_keys")


async def all_keys(tx: Tx) -> list[AccessKey]:
    """All keys, oldest first; they are few."""
    return [_key(row) for row in await tx.all(SELECT + " order by created_ms, key_id")]


async def count_enabled(tx: Tx) -> int:
    """How many keys can sign."""
    row = await tx.one("select count(*) from access_keys where enabled = 1")
    assert row is not None
    count: int = row[0]
    return count


async def set_enabled(tx: Tx, key_id: str, enabled: bool) -> bool:
    """Let a key sign, or not; False where there is no such key."""
    touched = await tx.run("update access_keys set enabled = ? where key_id = ?", (int(enabled), key_id))
    await counters.bump(tx, "access_keys")
    return touched > 0


async def delete(tx: Tx, key_id: str) -> bool:
    """Take a key away; False where there is no such key."""
    touched = await tx.run("delete from access_keys where key_id = ?", (key_id,))
    await counters.bump(tx, "access_keys")
    return touched > 0


def _key(row: Row) -> AccessKey:
    key_id, user, description, enabled, sealed, policy, created_ms = row
    return AccessKey(key_id, user, description, bool(enabled), bytes(sealed), policy, created_ms)
