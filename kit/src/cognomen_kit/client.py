"""The two clients: the same operations, awaited or called."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Self, TypedDict, Unpack, cast

import httpx2

from cognomen_kit import arithmetic, surroundings
from cognomen_kit.any_operation import AnyOperation
from cognomen_kit.app import from_environment
from cognomen_kit.challenges import AsyncChallenge, SyncChallenge, resume
from cognomen_kit.connections import AsyncConnections, Connections, timeout
from cognomen_kit.core import CanonicalNames, Core
from cognomen_kit.credentials import Credentials, CredentialsSource
from cognomen_kit.devices import DeviceOperations
from cognomen_kit.drivers import AsyncDriver, Driver
from cognomen_kit.groups import GroupOperations
from cognomen_kit.mfa import Mfa
from cognomen_kit.passkeys import Passkeys
from cognomen_kit.passwords import Passwords
from cognomen_kit.profile import Profile
from cognomen_kit.retries import Retries
from cognomen_kit.sessions import SessionOperations
from cognomen_kit.sign_in import SignIn
from cognomen_kit.sign_up import SignUp
from cognomen_kit.surroundings import Surroundings
from cognomen_kit.tokens import Tokens
from cognomen_kit.users import Users


class Options(TypedDict, total=False):
    """What both clients take; a value that is left out comes from the environment."""

    client_id: str | None
    client_secret: str | None
    region: str | None
    endpoint: str | None
    user_pool_id: str | None
    credentials: Credentials | CredentialsSource
    retries: Retries
    connect_seconds: float
    read_seconds: float
    clock: Callable[[], float]


class AsyncOptions(Options, total=False):
    """`http` is a client of your own, which stays open; `sleep` waits between tries."""

    http: httpx2.AsyncClient
    sleep: Callable[[float], Awaitable[object]]


class SyncOptions(Options, total=False):
    """`http` is a client of your own, which stays open; `sleep` waits between tries."""

    http: httpx2.Client
    sleep: Callable[[float], object]


class Operations(
    SignUp,
    SignIn,
    Tokens,
    Passwords,
    Profile,
    Mfa,
    Passkeys,
    DeviceOperations,
    SessionOperations,
    Users,
    GroupOperations,
    AnyOperation,
):
    """Everything a client can do, by subject."""


class AsyncCognito(AsyncDriver, Operations):
    """Cognito for asyncio: make one, share it, close it at the end (or use it in `async with`)."""

    def __init__(self, **options: Unpack[AsyncOptions]) -> None:
        _equip(self, options, arithmetic.powmod_without_lock)
        limit = timeout(options.get("connect_seconds"), options.get("read_seconds"))
        self._connections = AsyncConnections((self.app.endpoint,), limit, options.get("http"))
        super().__init__(self._connections.send, options.get("sleep", asyncio.sleep))

    def resume(self, sealed: str, *keys: bytes) -> AsyncChallenge:
        """The challenge that `seal` made text of, under one of the keys, the newest first; raises `SealRefused`."""
        return cast("AsyncChallenge", resume(self, sealed, keys))

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Cognito(Driver, Operations):
    """Cognito for code without a loop: make one, share it between threads, close it at the end."""

    def __init__(self, **options: Unpack[SyncOptions]) -> None:
        _equip(self, options, arithmetic.powmod_here)
        limit = timeout(options.get("connect_seconds"), options.get("read_seconds"))
        self._connections = Connections((self.app.endpoint,), limit, options.get("http"))
        super().__init__(self._connections.send, options.get("sleep", time.sleep))

    def resume(self, sealed: str, *keys: bytes) -> SyncChallenge:
        """The challenge that `seal` made text of, under one of the keys, the newest first; raises `SealRefused`."""
        return cast("SyncChallenge", resume(self, sealed, keys))

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _equip(core: Core, options: Options, powmod: Callable[[int, int, int], int]) -> None:
    """Give the operations what they stand on."""
    core.app = from_environment(
        client_id=options.get("client_id"),
        client_secret=options.get("client_secret"),
        region=options.get("region"),
        endpoint=options.get("endpoint"),
        user_pool_id=options.get("user_pool_id"),
    )
    core.names = CanonicalNames()
    core.surroundings = Surroundings(
        retries=options.get("retries", surroundings.DEFAULT_RETRIES),
        clock=options.get("clock", surroundings.clock),
        credentials=_source(options.get("credentials", surroundings.DEFAULT_CREDENTIALS)),
        powmod=powmod,
    )


def _source(credentials: Credentials | CredentialsSource) -> CredentialsSource:
    """Fixed credentials are a source that always says the same."""
    return (lambda: credentials) if isinstance(credentials, Credentials) else credentials
