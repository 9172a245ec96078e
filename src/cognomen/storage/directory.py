"""Pools and clients from memory, since every call asks for them; what another process changes shows within a second."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from cognomen import errors
from cognomen.domain.app_client import AppClient, ClientSecret
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import SessionTracking
from cognomen.storage import app_clients, client_secrets, configuration, session_configurations, user_pools
from cognomen.storage.database import Database, Tx

FRESH_MS = 500
REMEMBERED = 10_000  # of pools, and of clients

V = TypeVar("V")


class Directory:
    """Looks pools and clients up. `open_secret` takes the client's id and a sealed secret."""

    def __init__(self, database: Database, open_secret: Callable[[str, bytes], str], now_ms: Callable[[], int]) -> None:
        self._database = database
        self._open_secret = open_secret
        self._now_ms = now_ms
        self._checking = asyncio.Lock()
        self._checked_ms = -FRESH_MS
        self._version = -1
        self._drops = 0
        self._pools: dict[str, UserPool] = {}
        self._clients: dict[str, AppClient] = {}
        self._tracking: dict[str, SessionTracking] = {}

    async def pool(self, pool_id: str) -> UserPool:
        """The pool with this id; raises PoolDoesNotExist."""
        if not self._is_fresh():
            await self._check()
        pool = self._pools.get(pool_id)
        return await self._load_pool(pool_id) if pool is None else pool

    async def client(self, client_id: str) -> AppClient:
        """The client with this id, its secrets opened; raises ClientDoesNotExist."""
        if not self._is_fresh():
            await self._check()
        client = self._clients.get(client_id)
        return await self._load_client(client_id) if client is None else client

    async def session_tracking(self, pool_id: str) -> SessionTracking:
        """Whether and how this pool tracks sessions."""
        if not self._is_fresh():
            await self._check()
        tracking = self._tracking.get(pool_id)
        if tracking is None:
            drops = self._drops
            tracking = await self._database.read(lambda tx: session_configurations.of_pool(tx, pool_id))
            self._remember(self._tracking, pool_id, tracking, drops)
        return tracking

    def forget(self) -> None:
        """Drop everything: call it after a write that changed a pool or a client."""
        self._drops += 1
        self._pools.clear()
        self._clients.clear()
        self._tracking.clear()

    def _is_fresh(self) -> bool:
        # A clock that was set back makes nothing fresh.
        return 0 <= self._now_ms() - self._checked_ms < FRESH_MS

    async def _check(self) -> None:
        async with self._checking:
            if self._is_fresh():  # another task has just looked
                return
            asked_ms = self._now_ms()
            version = await self._database.read(configuration.version)
            if version != self._version:
                self.forget()
            self._version = version
            self._checked_ms = asked_ms

    async def _load_pool(self, pool_id: str) -> UserPool:
        drops = self._drops
        pool = await self._database.read(lambda tx: user_pools.get(tx, pool_id))
        if pool is None:
            raise errors.PoolDoesNotExist(pool_id=pool_id)
        self._remember(self._pools, pool_id, pool, drops)
        return pool

    async def _load_client(self, client_id: str) -> AppClient:
        drops = self._drops
        client = await self._database.read(lambda tx: self._read_client(tx, client_id))
        if client is None:
            raise errors.ClientDoesNotExist(client_id=client_id)
        self._remember(self._clients, client_id, client, drops)
        return client

    async def _read_client(self, tx: Tx, client_id: str) -> AppClient | None:
        pool_id = await app_clients.pool_of(tx, client_id)
        client = await app_clients.get(tx, pool_id, client_id) if pool_id else None
        if client is None:
            return None
        sealed = await client_secrets.of_client(tx, client.pool_id, client_id)
        opened = (ClientSecret(s.secret_id, self._open_secret(client_id, s.sealed), s.created_ms) for s in sealed)
        return replace(client, secrets=tuple(opened))

    def _remember(self, cache: dict[str, V], key: str, value: V, drops: int) -> None:
        if drops != self._drops:  # it was read before a change that is already known of
            return
        if len(cache) >= REMEMBERED:
            cache.clear()
        cache[key] = value
