"""Refreshing: new tokens of an old sign-in, and new refresh tokens where the client rotates them (reference 07)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cognomen import errors
from cognomen.domain.account_states import check_tokens_work
from cognomen.domain.app_client import AppClient
from cognomen.domain.pool import UserPool
from cognomen.domain.refresh_tokens import RefreshToken, read
from cognomen.domain.sessions import NOBODY_KNOWS, Standing, TokenSession, Visitor, is_from_later
from cognomen.domain.user import User
from cognomen.flows.accounts import tell_audit
from cognomen.flows.tokens import Origin, Tokens, given_out, new_refresh_token, sign_tokens
from cognomen.services import Services
from cognomen.storage import token_sessions
from cognomen.storage.database import Tx


@dataclass(frozen=True, slots=True)
class Refresh:
    """One request for new tokens; `prove` raises where the caller does not prove what has to be proven of the user."""

    pool: UserPool
    client: AppClient
    token: str = field(repr=False)
    visitor: Visitor = NOBODY_KNOWS
    prove: Callable[[User], None] = lambda _: None
    device_key: str = ""


async def refresh(world: Services, asked: Refresh) -> Tokens:
    """New ID and access tokens of the same origin, and a new refresh token where the client rotates them.

    Raises RefreshTokenInvalid, RefreshTokenRevoked, RefreshTokenExpired, RefreshTokenReuseException, UserIsDisabled,
    PasswordResetRequiredException, and what `prove` raises.
    """
    token = read(asked.token)
    if token is None:
        raise errors.RefreshTokenInvalid
    try:
        return await _refresh(world, asked, token)
    except errors.RefreshTokenReuseException:
        if asked.pool.strict:  # who stole a token must not keep what it brought (RFC 9700, section 4.14.2)
            await world.database.write(lambda tx: _revoke(tx, world, asked, token))
        raise


async def _refresh(world: Services, asked: Refresh, token: RefreshToken) -> Tokens:
    found = await world.database.read(lambda tx: token_sessions.with_user(tx, asked.pool.pool_id, token.origin_jti))
    if found is None:
        raise errors.RefreshTokenInvalid
    session, user = found
    tell_audit(world, user)
    standing = _standing(world, asked, token, session)
    asked.prove(user)
    check_tokens_work(user)
    _refuse_ended(world, session, standing)
    tokens = await sign_tokens(world, asked.pool, asked.client, user, _origin(session))  # nobody sees them yet
    if asked.pool.triggers:
        await _refuse_overtaken(world, asked, token)
    if asked.client.rotates:
        new = await _replace(world, asked, token)
        return replace(tokens, refresh_token=new.text)
    await _note_use(world, asked, session)
    return tokens


async def _refuse_overtaken(world: Services, asked: Refresh, token: RefreshToken) -> None:
    """Refuse what has ended while a trigger ran."""
    found = await world.database.read(lambda tx: token_sessions.with_user(tx, asked.pool.pool_id, token.origin_jti))
    if found is None:
        raise errors.RefreshTokenInvalid
    session, user = found
    check_tokens_work(user)
    _refuse_ended(world, session, _standing(world, asked, token, session))


def _standing(world: Services, asked: Refresh, token: RefreshToken, session: TokenSession) -> Standing:
    """How a token of this client stands in its session; raises RefreshTokenInvalid where it was never given out."""
    if session.client_id != asked.client.client_id or not session.is_of_device(asked.device_key):
        raise errors.RefreshTokenInvalid
    standing = session.standing(token.digest, world.now_ms(), asked.client.rotation_grace_ms)
    if standing is Standing.REPLACED and not given_out(world, token):
        raise errors.RefreshTokenInvalid
    return standing


def _refuse_ended(world: Services, session: TokenSession, standing: Standing) -> None:
    """Refuse what brings no more; raises RefreshTokenRevoked, RefreshTokenExpired, RefreshTokenReuseException."""
    if session.revoked_ms is not None:
        raise errors.RefreshTokenRevoked
    if session.expires_ms <= world.now_ms() or is_from_later(session.started_ms, world.now_ms()):
        raise errors.RefreshTokenExpired
    if standing is Standing.REPLACED:
        raise errors.RefreshTokenReuseException


async def _replace(world: Services, asked: Refresh, token: RefreshToken) -> RefreshToken:
    """A new refresh token, the only one in force from now on: of racing requests each judges what the last one left."""
    new = new_refresh_token(world, token.origin_jti)
    tracking = await world.directory.session_tracking(asked.pool.pool_id)

    async def work(tx: Tx) -> None:
        session = await token_sessions.held(tx, asked.pool.pool_id, token.origin_jti)
        if session is None:
            raise errors.RefreshTokenInvalid
        _refuse_ended(world, session, _standing(world, asked, token, session))
        rotated = session.rotated(token.digest, new.digest, world.now_ms())
        await token_sessions.save_rotation(tx, _used(world, asked, rotated) if tracking.enabled else rotated)

    await world.database.write(work)
    return new


async def _note_use(world: Services, asked: Refresh, session: TokenSession) -> None:
    tracking = await world.directory.session_tracking(asked.pool.pool_id)
    if tracking.enabled and session.trace:
        used = _used(world, asked, session)
        if not await world.database.write(lambda tx: token_sessions.save_use(tx, used)):
            raise errors.RefreshTokenRevoked


def _used(world: Services, asked: Refresh, session: TokenSession) -> TokenSession:
    """The session with this visitor as its last one, where it is tracked."""
    return replace(session, trace=session.trace and session.trace.used(asked.visitor, world.now_ms()))


async def _revoke(tx: Tx, world: Services, asked: Refresh, token: RefreshToken) -> None:
    await token_sessions.revoke(tx, asked.pool.pool_id, token.origin_jti, world.now_ms())


def _origin(session: TokenSession) -> Origin:
    return Origin(session.origin_jti, session.auth_time, "RefreshTokens", session.device_key or "")
