"""Whose access token it is, and whether it still works here (reference 02, tokens; TRUST API-03)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cognomen import errors
from cognomen.domain.account_states import check_tokens_work
from cognomen.domain.app_client import AppClient
from cognomen.domain.claims import SELF_SERVICE_SCOPE, origin_of
from cognomen.domain.issuers import accepts
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import is_from_later
from cognomen.domain.user import User
from cognomen.flows.pool_keys import pool_keys
from cognomen.services import Services
from cognomen.signing.port import TokenUnreadable
from cognomen.storage import token_sessions


@dataclass(frozen=True, slots=True)
class Holder:
    """The user that an access token speaks for."""

    pool: UserPool
    client: AppClient
    user: User
    claims: Mapping[str, Any]


async def user_of_access_token(world: Services, token: str) -> Holder:
    """The holder of a live access token with the self-service scope.

    Raises AccessTokenInvalid, AccessTokenExpired, AccessTokenLacksScopes, AccessTokenRevoked, UserNotFoundException,
    UserIsDisabled, PasswordResetRequiredException.
    """
    pool, claims = await read_access_token(world, token)
    if claims["exp"] * 1000 <= world.now_ms() or is_from_later(claims["iat"] * 1000, world.now_ms()):
        raise errors.AccessTokenExpired
    if SELF_SERVICE_SCOPE not in str(claims.get("scope", "")).split(" "):
        raise errors.AccessTokenLacksScopes
    client = await world.directory.client(claims["client_id"])
    if client.pool_id != pool.pool_id:
        raise errors.AccessTokenInvalid
    origin = origin_of(claims)
    found = await world.database.read(lambda tx: token_sessions.holder(tx, pool.pool_id, claims["sub"], origin))
    if found is None:
        raise errors.UserNotFoundException
    user, signed_in = found
    check_tokens_work(user)
    if not signed_in:
        raise errors.AccessTokenRevoked
    return Holder(pool, client, user, claims)


async def read_access_token(world: Services, token: str) -> tuple[UserPool, Mapping[str, Any]]:
    """The pool and claims of an access token that this server signed; raises AccessTokenInvalid."""
    return await read_token(world, token, "access")


async def read_token(world: Services, token: str, use: str) -> tuple[UserPool, Mapping[str, Any]]:
    """The pool and claims of a token for this use that this server signed; raises AccessTokenInvalid."""
    try:
        hint = world.peek(token)
        pool = await world.directory.pool(hint.pool_id)
        key = (await pool_keys(world, pool.pool_id)).by_id[hint.key_id]
        claims = key.read(token)
    except (TokenUnreadable, errors.PoolDoesNotExist, KeyError) as unreadable:
        raise errors.AccessTokenInvalid from unreadable
    if claims.get("token_use") != use or not accepts(world.facts, pool, str(claims.get("iss"))):
        raise errors.AccessTokenInvalid
    return pool, claims
