"""Giving out tokens: ID and access token signed with the pool's two keys, and an opaque refresh token."""

import base64
import hashlib
from dataclasses import dataclass, field

from cognomen.domain.app_client import AppClient
from cognomen.domain.claims import Grant, access_claims, id_claims
from cognomen.domain.issuers import issuer_of
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import RefreshToken
from cognomen.domain.signing_keys import TokenUse
from cognomen.domain.user import User
from cognomen.flows.pool_keys import pool_keys
from cognomen.services import Services

# A refresh token looks like the JWE that AWS gives out, since clients look at its first part; the rest is random.
REFRESH_HEAD = base64.urlsafe_b64encode(b'{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}').decode().rstrip("=")
REFRESH_PARTS = (32, 12, 64, 16)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The answer to a sign-in or a refresh; `expires_in` is the access token's life in seconds."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The sign-in that tokens go back to; a refresh keeps it. `auth_time` is in seconds."""

    jti: str
    auth_time: int


async def sign_tokens(world: Services, pool: UserPool, client: AppClient, user: User, origin: Origin) -> Tokens:
    """Sign an ID and an access token."""
    keys = await pool_keys(world, pool.pool_id)
    grant = Grant(
        issuer=issuer_of(world.facts, pool),
        client=client,
        user=user,
        origin_jti=origin.jti,
        event_id=world.ids.uuid(),
        auth_time=origin.auth_time,
        now=world.now_ms() // 1000,
    )
    id_token = keys.signers[TokenUse.ID].sign(id_claims(grant, world.ids.uuid()))
    access_token = keys.signers[TokenUse.ACCESS].sign(access_claims(grant, world.ids.uuid()))
    return Tokens(id_token, access_token, None, client.access_token_seconds)


def new_refresh_token(world: Services) -> str:
    """Five parts of base64url, unguessable, meaning nothing to anybody but this server."""
    parts = (base64.urlsafe_b64encode(world.ids.token(size)).decode().rstrip("=") for size in REFRESH_PARTS)
    return ".".join((REFRESH_HEAD, *parts))


def digest_of(refresh_token: str) -> bytes:
    """What is kept of a refresh token; it has more than 256 random bits, so a plain hash protects it."""
    return hashlib.sha256(refresh_token.encode()).digest()


def refresh_row(world: Services, client: AppClient, user: User, origin: Origin, token: str) -> RefreshToken:
    """The row that makes a refresh token work."""
    now_ms = world.now_ms()
    return RefreshToken(
        pool_id=user.pool_id,
        digest=digest_of(token),
        sub=user.sub,
        client_id=client.client_id,
        origin_jti=origin.jti,
        auth_time=origin.auth_time,
        issued_ms=now_ms,
        expires_ms=now_ms + client.refresh_token_seconds * 1000,
    )
