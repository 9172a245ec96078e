"""Rows of token sessions: one for each sign-in, to which its refresh and access tokens go back.

A session ends in one statement, whatever else goes on: every refresh and every use of an access token looks here.
"""

from collections.abc import Sequence

from cognomen.domain.sessions import TokenSession, Trace
from cognomen.domain.user import User
from cognomen.storage import users
from cognomen.storage.database import Row, Tx

COLUMNS = (
    "pool_id, origin_jti, sub, client_id, auth_time, started_ms, expires_ms, digest, replaced_digest, replaced_ms,"
    " revoked_ms, device_key, session_id, device_type, ip_address, last_active_ms"
)
WIDTH = 16
BY_ORIGIN = f"select {COLUMNS} from token_sessions where pool_id = ? and origin_jti = ?"  # noqa: S608
WITH_USER = f"""
select {COLUMNS}, {users.COLUMNS} from token_sessions join users using (pool_id, sub)
where pool_id = ? and origin_jti = ?
"""  # noqa: S608
HOLDER = f"""
select {users.COLUMNS}, exists (
  select 1 from token_sessions s
  where s.pool_id = users.pool_id and s.origin_jti = ? and s.sub = users.sub and s.revoked_ms is null)
from users where pool_id = ? and sub = ?
"""  # noqa: S608
HOLD = f"""
update token_sessions set auth_time = auth_time where pool_id = ? and origin_jti = ? returning {COLUMNS}
"""  # noqa: S608
LISTED = """
from token_sessions s where s.pool_id = ? and s.sub = ? and s.session_id is not null and s.revoked_ms is null
and s.expires_ms > ? and exists (
  select 1 from app_clients c where c.pool_id = s.pool_id and c.client_id = s.client_id)
order by s.last_active_ms desc, s.started_ms desc, s.origin_jti
"""
LIST = f"select {', '.join('s.' + column for column in COLUMNS.split(', '))} {LISTED} limit ?"
BEYOND = f"select s.origin_jti {LISTED} limit ? offset ?"
INSERT = f"insert into token_sessions ({COLUMNS}) values ({', '.join('?' * WIDTH)})"  # noqa: S608
OF_CLIENT = """
delete from token_sessions where (pool_id, origin_jti) in (
  select pool_id, origin_jti from token_sessions where pool_id = ? and client_id = ? limit ?)
"""
MOST_LISTED = 125  # the model's limit of a page, and more than one user can have


async def insert(tx: Tx, session: TokenSession) -> None:
    """A new sign-in; raises UniqueViolation."""
    await tx.run(INSERT, _values(session))


async def get(tx: Tx, pool_id: str, origin_jti: str) -> TokenSession | None:
    """The session with this origin, revoked or expired or not."""
    row = await tx.one(BY_ORIGIN, (pool_id, origin_jti))
    return _session(row) if row else None


async def with_user(tx: Tx, pool_id: str, origin_jti: str) -> tuple[TokenSession, User] | None:
    """The session with this origin, and whose it is."""
    row = await tx.one(WITH_USER, (pool_id, origin_jti))
    return (_session(row[:WIDTH]), users.of_row(row[WIDTH:])) if row else None


async def holder(tx: Tx, pool_id: str, sub: str, origin_jti: str) -> tuple[User, bool] | None:
    """The user of an access token, and whether its session is there and not revoked."""
    row = await tx.one(HOLDER, (origin_jti, pool_id, sub))
    return (users.of_row(row[:-1]), bool(row[-1])) if row else None


async def held(tx: Tx, pool_id: str, origin_jti: str) -> TokenSession | None:
    """The session as it is now, changed by nobody else until this write ends: read it so to change it."""
    row = await tx.one(HOLD, (pool_id, origin_jti))
    return _session(row) if row else None


async def save_rotation(tx: Tx, session: TokenSession) -> None:
    """Store which refresh token is in force in a session that this write holds, and who used it last."""
    await tx.run(
        "update token_sessions set digest = ?, replaced_digest = ?, replaced_ms = ?, device_type = ?, ip_address = ?,"
        " last_active_ms = ? where pool_id = ? and origin_jti = ?",
        (
            session.digest,
            session.replaced_digest,
            session.replaced_ms,
            *_trace_columns(session.trace)[1:],
            session.pool_id,
            session.origin_jti,
        ),
    )


async def save_use(tx: Tx, session: TokenSession) -> bool:
    """Store who used a session last; False where it is revoked or gone by now."""
    touched = await tx.run(
        "update token_sessions set device_type = ?, ip_address = ?, last_active_ms = ?"
        " where pool_id = ? and origin_jti = ? and revoked_ms is null",
        (*_trace_columns(session.trace)[1:], session.pool_id, session.origin_jti),
    )
    return touched > 0


async def revoke(tx: Tx, pool_id: str, origin_jti: str, now_ms: int) -> bool:
    """End a session; False where it has ended already."""
    touched = await tx.run(
        "update token_sessions set revoked_ms = ? where pool_id = ? and origin_jti = ? and revoked_ms is null",
        (now_ms, pool_id, origin_jti),
    )
    return touched > 0


async def revoke_of_user(tx: Tx, pool_id: str, sub: str, now_ms: int) -> int:
    """End all sessions of a user, tracked or not, and answer how many there were."""
    return await tx.run(
        "update token_sessions set revoked_ms = ? where pool_id = ? and sub = ? and revoked_ms is null",
        (now_ms, pool_id, sub),
    )


async def listed(tx: Tx, pool_id: str, sub: str, now_ms: int) -> list[TokenSession]:
    """The tracked sessions of a user that go on, the last used first."""
    return [_session(row) for row in await tx.all(LIST, (pool_id, sub, now_ms, MOST_LISTED))]


async def evict(tx: Tx, pool_id: str, sub: str, now_ms: int, keep: int) -> None:
    """End the tracked sessions of a user but for the `keep` last used ones; the caller holds the user."""
    for (origin_jti,) in await tx.all(BEYOND, (pool_id, sub, now_ms, MOST_LISTED, keep)):
        await revoke(tx, pool_id, origin_jti, now_ms)


async def delete_of_client(tx: Tx, pool_id: str, client_id: str, limit: int) -> int:
    """Take away up to `limit` sessions of a client, and answer how many went."""
    return await tx.run(OF_CLIENT, (pool_id, client_id, limit))


def _values(session: TokenSession) -> Sequence[object]:
    return (
        session.pool_id,
        session.origin_jti,
        session.sub,
        session.client_id,
        session.auth_time,
        session.started_ms,
        session.expires_ms,
        session.digest,
        session.replaced_digest,
        session.replaced_ms,
        session.revoked_ms,
        session.device_key,
        *_trace_columns(session.trace),
    )


def _trace_columns(trace: Trace | None) -> tuple[object, ...]:
    if trace is None:
        return (None, None, None, None)
    return (trace.session_id, trace.device_type, trace.ip_address, trace.last_active_ms)


def _session(row: Row) -> TokenSession:
    *plain, session_id, device_type, ip_address, last_active_ms = row
    trace = None if session_id is None else Trace(session_id, device_type, ip_address, last_active_ms)
    return TokenSession(*(*plain, trace))
