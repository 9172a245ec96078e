"""Taking away what has expired, and what is left of deleted pools and groups, a bounded number of rows at a time."""

from cognomen.domain.lockout import QUIET_MS
from cognomen.storage.database import Tx

DAY_MS = 86_400_000  # no window of attempts is longer
EVENTS_KEPT_MS = 730 * DAY_MS  # AWS keeps what users did for two years

CODES = """
delete from codes where (pool_id, sub, purpose) in (
  select pool_id, sub, purpose from codes where expires_ms <= ? order by expires_ms limit ?)
"""
OLD_SESSIONS = """
delete from token_sessions where (pool_id, origin_jti) in (
  select pool_id, origin_jti from token_sessions where expires_ms <= ? order by expires_ms limit ?)
"""
CHALLENGE_SESSIONS = """
delete from challenge_sessions where (pool_id, session_id) in (
  select pool_id, session_id from challenge_sessions where expires_ms <= ? order by expires_ms limit ?)
"""
ATTEMPTS = """
delete from attempts where (pool_id, subject, kind) in (
  select pool_id, subject, kind from attempts where started_ms <= ? order by started_ms limit ?)
"""
LOCKOUTS = """
delete from lockouts where (pool_id, subject) in (
  select pool_id, subject from lockouts where until_ms <= ? order by until_ms limit ?)
"""
AUTH_EVENTS = """
delete from auth_events where (pool_id, sub, event_id) in (
  select pool_id, sub, event_id from auth_events where created_ms <= ? order by created_ms limit ?)
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
        "user_search": "attribute, value, sub",
        "pending_attributes": "sub, attribute",
        "codes": "sub, purpose",
        "attempts": "subject, kind",
        "lockouts": "subject",
        "software_tokens": "sub",
        "passkeys": "credential_id",
        "devices": "sub, device_key",
        "token_sessions": "origin_jti",
        "challenge_sessions": "session_id",
        "password_history": "sub, hash",
        "outbox": "message_id",
        "inbox": "message_id",
        "user_groups": "name",
        "group_members": "sub, group_id",
        "deleted_groups": "group_id",
        "user_identities": "provider, attribute, value",
        "auth_events": "sub, event_id",
        "pool_logs": "log_id",
        "import_parts": "job_id, upload_id, part",
        "import_logs": "job_id, part",
    }.items()
)

OF_DELETED_GROUPS = """
delete from group_members where (pool_id, sub, group_id) in (
  select m.pool_id, m.sub, m.group_id from deleted_groups d cross join group_members m
  where m.pool_id = d.pool_id and m.group_id = d.group_id limit ?)
"""


async def purge(tx: Tx, now_ms: int, limit: int = 500) -> int:
    """Take away up to `limit` rows of each kind and answer how many went; call again until that is 0."""
    gone = await tx.run(CODES, (now_ms, limit))
    gone += await tx.run(OLD_SESSIONS, (now_ms - DAY_MS, limit))  # access tokens live longer by a day at most
    gone += await tx.run(CHALLENGE_SESSIONS, (now_ms, limit))
    gone += await tx.run(ATTEMPTS, (now_ms - DAY_MS, limit))
    gone += await tx.run(LOCKOUTS, (now_ms - QUIET_MS, limit))
    gone += await tx.run(AUTH_EVENTS, (now_ms - EVENTS_KEPT_MS, limit))
    for deletion in (*OF_DELETED_POOLS, OF_DELETED_GROUPS):
        gone += await tx.run(deletion, (limit,))
    if not gone:
        # A day later no call that was under way when the pool or group went can still add a row.
        await tx.run("delete from deleted_pools where deleted_ms <= ?", (now_ms - DAY_MS,))
        await tx.run("delete from deleted_groups where deleted_ms <= ?", (now_ms - DAY_MS,))
    return gone


async def set_right(tx: Tx, now_ms: int) -> None:
    """Undo what a clock that was ahead for a while has left: messages that wait, and accounts that are shut, for years.

    No message waits for longer than a day, no window of attempts and no lock-out is longer.
    """
    await tx.run("update outbox set next_try_ms = ? where next_try_ms > ?", (now_ms, now_ms + DAY_MS))
    await tx.run("delete from attempts where started_ms > ?", (now_ms + DAY_MS,))
    await tx.run("delete from lockouts where until_ms > ?", (now_ms + DAY_MS,))
