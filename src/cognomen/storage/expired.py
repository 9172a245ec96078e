"""Taking away what has expired, and what is left of deleted pools, a bounded number of rows at a time."""

from cognomen.storage.database import Tx

DAY_MS = 86_400_000  # no window of attempts is longer

CODES = """
delete from codes where (pool_id, sub, purpose) in (
  select pool_id, sub, purpose from codes where expires_ms <= ? order by expires_ms limit ?)
"""
REFRESH_TOKENS = """
delete from refresh_tokens where (pool_id, digest) in (
  select pool_id, digest from refresh_tokens where expires_ms <= ? order by expires_ms limit ?)
"""
ATTEMPTS = """
delete from attempts where (pool_id, subject, kind) in (
  select pool_id, subject, kind from attempts where started_ms <= ? order by started_ms limit ?)
"""
# A cross join makes SQLite begin with the few deleted pools instead of the many rows.
OF_DELETED_POOLS = tuple(
    f"""
delete from {table} where (pool_id, {key}) in (
  select r.pool_id, r.{key.replace(", ", ", r.")} from deleted_pools d cross join {table} r
  where r.pool_id = d.pool_id limit ?)
"""  # noqa: S608
    for table, key in {
        "users": "sub",
        "user_names": "name_key, kind",
        "codes": "sub, purpose",
        "attempts": "subject, kind",
        "refresh_tokens": "digest",
        "outbox": "message_id",
        "inbox": "message_id",
    }.items()
)


async def purge(tx: Tx, now_ms: int, limit: int = 500) -> int:
    """Take away up to `limit` rows of each kind and answer how many went; call again until that is 0."""
    gone = await tx.run(CODES, (now_ms, limit))
    gone += await tx.run(REFRESH_TOKENS, (now_ms, limit))
    gone += await tx.run(ATTEMPTS, (now_ms - DAY_MS, limit))
    for deletion in OF_DELETED_POOLS:
        gone += await tx.run(deletion, (limit,))
    if not gone:
        # A day later no call that was under way when the pool went can still add a row.
        await tx.run("delete from deleted_pools where deleted_ms <= ?", (now_ms - DAY_MS,))
    return gone
