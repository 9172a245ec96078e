"""A world in which one user is signed in: real storage, sealing and signing, and refresh tokens known beforehand."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import rsa

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.facts import AttemptLimits, Facts
from cognomen.domain.pool import UserPool
from cognomen.domain.refresh_tokens import RANDOM_BYTES, TAG_BYTES, RefreshToken, body_of
from cognomen.domain.sessions import TokenSession
from cognomen.domain.signing_keys import TokenUse
from cognomen.domain.user import User, UserStatus
from cognomen.flows.rotation import Refresh, refresh
from cognomen.flows.tokens import TAG_PURPOSE
from cognomen.ids import Ids
from cognomen.jobs.bell import JobBell
from cognomen.services import Services
from cognomen.signing.jwt import RsaSigningKey
from cognomen.signing.port import PoolKeys
from cognomen.signing.sealing import AesGcmSealer, MasterKeys
from cognomen.storage import app_clients, token_sessions, user_pools, users
from cognomen.storage.database import Database, Tx
from cognomen.storage.directory import Directory
from storage.samples import NOW, POOL, a_client, a_pool, a_session, a_user, named

CLIENT = "1client"
SEALER = AesGcmSealer(MasterKeys((b"k" * 32,)))
FACTS = Facts(
    region="us-east-1",
    account_id="123456789012",
    public_url="http://127.0.0.1:9229",
    issuer="self",
    accepted_issuers=(),
    attempts=AttemptLimits(),
    fixed_code=None,
    media=frozenset(),
)
KEY = RsaSigningKey("key", rsa.generate_private_key(65537, 1024))  # made at once: nobody verifies it
POOL_KEYS = PoolKeys(dict.fromkeys(TokenUse, KEY), {KEY.key_id: KEY})
USER = a_user(status=UserStatus.CONFIRMED)


def now() -> int:
    return NOW


def world_of(database: Database, now_ms: Callable[[], int] = now) -> Services:
    """One process: what it remembers is its own, the store is everybody's."""
    nobody = cast("Any", None)
    return Services(
        database=database,
        directory=Directory(database, lambda _, sealed: sealed.decode(), now_ms),
        pool_keys={POOL: POOL_KEYS},
        sealer=SEALER,
        passwords=nobody,
        key_factory=nobody,
        passkeys=nobody,
        peek=nobody,
        now_ms=now_ms,
        ids=Ids(),
        bell=JobBell(),
        facts=FACTS,
    )


def token_of(number: int) -> RefreshToken:
    """The first refresh token of a sign-in; the same in every process."""
    body = body_of(f"00000000-0000-4000-8000-{number:012}", bytes(RANDOM_BYTES))
    return RefreshToken(body, SEALER.digest(body, TAG_PURPOSE)[:TAG_BYTES])


def session_of(number: int, **more: Any) -> TokenSession:
    token = token_of(number)
    return a_session(token.origin_jti, digest=token.digest, client_id=CLIENT, **more)


def people(**tags: str) -> UserPool:
    return a_pool(UserPoolTags=tags)


def rotating(grace: int, enabled: bool = True) -> AppClient:
    feature = "ENABLED" if enabled else "DISABLED"
    return a_client(CLIENT, RefreshTokenRotation={"Feature": feature, "RetryGracePeriodSeconds": grace})


async def fill(database: Database, client: AppClient, numbers: Iterable[int], user: User = USER) -> None:
    """A pool with this client, one user, and so many sign-ins."""

    async def work(tx: Tx) -> None:
        await user_pools.insert(tx, people())
        await app_clients.insert(tx, client)
        await users.insert(tx, user, [named(user.username)])
        for number in numbers:
            await token_sessions.insert(tx, session_of(number))

    await database.write(work)


async def try_refresh(world: Services, client: AppClient, text: str, pool: UserPool | None = None) -> str:
    """The new refresh token, or the name of the refusal; empty where a refresh brings no new one."""
    try:
        tokens = await refresh(world, Refresh(pool or people(), client, text))
    except errors.Refusal as refusal:
        return type(refusal).__name__
    return tokens.refresh_token or ""


async def refresh_all(database: Database, tries: int, numbers: Iterable[int]) -> list[list[str]]:
    """What each of so many refreshes in one moment brought, for each sign-in."""
    world = world_of(database)
    client = await world.directory.client(CLIENT)
    texts = [token_of(number).text for number in numbers]
    calls = [[try_refresh(world, client, text) for _ in range(tries)] for text in texts]
    return [list(await asyncio.gather(*round_)) for round_ in calls]
