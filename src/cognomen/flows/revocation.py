"""Ending sign-ins: one by its refresh token, or all of a user (reference 07, revocation)."""

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.refresh_tokens import RefreshToken, read
from cognomen.domain.sessions import Standing, TokenSession
from cognomen.domain.user import User
from cognomen.flows.tokens import given_out
from cognomen.services import Services
from cognomen.signing.port import TokenUnreadable
from cognomen.storage import token_sessions


async def revoke_refresh_token(world: Services, client: AppClient, text: str) -> None:
    """End the sign-in that a refresh token belongs to; its access tokens stop working here, too.

    A token that was never given out, or has ended already, is nothing to refuse (RFC 7009, section 2.2).
    Raises RevocationNotEnabled, UnsupportedTokenTypeException, TokenOfAnotherClient.
    """
    if not client.revokes:
        raise errors.RevocationNotEnabled(client_id=client.client_id)
    _refuse_signed_token(world, text)
    token = read(text)
    if token is None:
        return
    origin_jti, now_ms = token.origin_jti, world.now_ms()
    session = await world.database.read(lambda tx: token_sessions.get(tx, client.pool_id, origin_jti))
    if session is None or not _is_of(world, session, token):
        return
    if session.client_id != client.client_id:
        raise errors.TokenOfAnotherClient(client_id=client.client_id)
    await world.database.write(lambda tx: token_sessions.revoke(tx, client.pool_id, origin_jti, now_ms))


def _is_of(world: Services, session: TokenSession, token: RefreshToken) -> bool:
    """Whether the token was given out in this session, be it replaced by now."""
    return session.standing(token.digest, world.now_ms(), 0) is Standing.IN_FORCE or given_out(world, token)


def _refuse_signed_token(world: Services, text: str) -> None:
    """Refuse what looks like an ID or access token; whose it is does not matter."""
    try:
        world.peek(text)
    except TokenUnreadable:
        return
    raise errors.UnsupportedTokenTypeException


async def sign_out_everywhere(world: Services, user: User) -> None:
    """End all sign-ins of a user at once, through whichever clients."""
    now_ms = world.now_ms()
    await world.database.write(lambda tx: token_sessions.revoke_of_user(tx, user.pool_id, user.sub, now_ms))
