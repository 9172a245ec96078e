"""Rows of user pools."""

from cognomen.domain.pool import UserPool
from cognomen.storage.database import Row, Tx
from cognomen.storage.json_columns import json_text, read_settings

COLUMNS = "pool_id, name, created_ms, modified_ms, settings"
SELECT = f"select {COLUMNS} from user_pools"  # noqa: S608
HOLD = f"update user_pools set modified_ms = modified_ms where pool_id = ? returning {COLUMNS}"  # noqa: S608

# What goes with the pool at once: few rows, and nothing works without them. The rest goes in batches: expired.purge.
DELETIONS = (
    "delete from signing_keys where pool_id = ?",
    "delete from client_secrets where pool_id = ?",
    "delete from client_pools where pool_id = ?",
    "delete from app_clients where pool_id = ?",
    "delete from outbox where pool_id = ?",
    "delete from pool_session_configurations where pool_id = ?",
    "delete from client_session_configurations where pool_id = ?",
    "delete from resource_servers where pool_id = ?",
    "delete from pool_domains where pool_id = ?",
    "delete from providers where pool_id = ?",
    "delete from provider_identifiers where pool_id = ?",
    "delete from ui_customizations where pool_id = ?",
    "delete from login_brandings where pool_id = ?",
    "delete from terms where pool_id = ?",
    "delete from log_deliveries where pool_id = ?",
    "delete from pool_logs where pool_id = ?",
    "delete from active_import_jobs where pool_id = ?",
    "delete from saml_keys where pool_id = ?",
    "delete from risk_configurations where pool_id = ?",
    "delete from import_jobs where pool_id = ?",
)


async def insert(tx: Tx, pool: UserPool) -> None:
    """A new pool; raises UniqueViolation."""
    await tx.run(
        "insert into user_pools (pool_id, name, settings, created_ms, modified_ms) values (?, ?, ?, ?, ?)",
        (pool.pool_id, pool.name, json_text(pool.settings), pool.created_ms, pool.modified_ms),
    )


async def get(tx: Tx, pool_id: str) -> UserPool | None:
    """The pool with this id."""
    row = await tx.one(SELECT + " where pool_id = ?", (pool_id,))
    return _pool(row) if row else None


async def count(tx: Tx) -> int:
    """How many pools there are."""
    row = await tx.one("select count(*) from user_pools")
    assert row is not None
    found: int = row[0]
    return found


async def held(tx: Tx, pool_id: str) -> UserPool | None:
    """The pool as it is now, changed by nobody else until this write ends: read it so to change it."""
    row = await tx.one(HOLD, (pool_id,))
    return _pool(row) if row else None


async def update(tx: Tx, pool: UserPool) -> bool:
    """Store the name and the settings; False where there is no such pool."""
    touched = await tx.run(
        "update user_pools set name = ?, settings = ?, modified_ms = ? where pool_id = ?",
        (pool.name, json_text(pool.settings), pool.modified_ms, pool.pool_id),
    )
    return touched > 0


async def page(tx: Tx, after: str, limit: int) -> list[UserPool]:
    """The pools whose id sorts behind `after`, in order of their ids."""
    rows = await tx.all(SELECT + " where pool_id > ? order by pool_id limit ?", (after, limit))
    return [_pool(row) for row in rows]


async def delete(tx: Tx, pool_id: str, now_ms: int) -> bool:
    """Take the pool away with its keys, clients and waiting messages; the rows of its users follow by expired.purge.

    Ids are never given twice, so nobody can reach what is left meanwhile. False where there is no such pool.
    """
    if not await tx.run("delete from user_pools where pool_id = ?", (pool_id,)):
        return False
    await tx.run("insert into deleted_pools (pool_id, deleted_ms) values (?, ?)", (pool_id, now_ms))
    for deletion in DELETIONS:
        await tx.run(deletion, (pool_id,))
    return True


def _pool(row: Row) -> UserPool:
    pool_id, name, created_ms, modified_ms, settings = row
    return UserPool(pool_id, name, created_ms, modified_ms, read_settings(settings))
