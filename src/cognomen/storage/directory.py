"""Pools and clients from memory, since every call asks for them; what another process changes shows within a second.

The provisioned limits are held beside them: whoever looks a pool or a client up finds them as fresh.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from cognomen import errors
from cognomen.domain.app_client import AppClient, ClientSecret
from cognomen.domain.pool import UserPool
from cognomen.domain.risk import EVERY_CLIENT, RiskConfiguration
from cognomen.domain.sessions import SessionTracking
from cognomen.storage import (
    app_clients,
    client_secrets,
    configuration,
    provisioned_limits,
    risk_configurations,
    session_configurations,
    user_pools,
)
from cognomen.storage.database import Database, Tx, Work
from cognomen.storage.freshness import Freshness

REMEMBERED = 10_000  # of pools, and of clients

V = TypeVar("V")


def _nothing() -> None:
    """Nothing else is remembered."""


class Directory:
    """Looks pools and clients up. `open_secret` takes the client's id and a sealed secret.

    `drop_keys` forgets the signing keys of pools, since a pool may be made anew under the id of an older one.
    `provisioned` has the rates that were set for categories of operations, in requests a second.
    """

    def __init__(
        self,
        database: Database,
        open_secret: Callable[[str, bytes], str],
        now_ms: Callable[[], int],
        drop_keys: Callable[[], None] = _nothing,
    ) -> None:
        self._database = database
        self._open_secret = open_secret
        self._drop_keys = drop_keys
        self._fresh = Freshness(now_ms)
        self._version = -1
        self._drops = 0
        self._pools: dict[str, UserPool] = {}
        self._clients: dict[str, AppClient] = {}
        self._tracking: dict[str, SessionTracking] = {}
        self._risks: dict[str, Mapping[str, RiskConfiguration]] = {}
        self.provisioned: Mapping[str, int] = {}

    async def pool(self, pool_id: str) -> UserPool:
        """The pool with this id; raises PoolDoesNotExist."""
        if not self._fresh.holds():
            await self._fresh.renew(self._look)
        pool = self._pools.get(pool_id)
        return await self._load(self._pools, pool_id, lambda tx: _read_pool(tx, pool_id)) if pool is None else pool

    async def client(self, client_id: str) -> AppClient:
        """The client with this id, its secrets opened; raises ClientDoesNotExist."""
        if not self._fresh.holds():
            await self._fresh.renew(self._look)
        client = self._clients.get(client_id)
        if client is None:
            return await self._load(self._clients, client_id, lambda tx: self._read_client(tx, client_id))
        return client

    async def session_tracking(self, pool_id: str) -> SessionTracking:
        """Whether and how this pool tracks sessions."""
        if not self._fresh.holds():
            await self._fresh.renew(self._look)
        tracking = self._tracking.get(pool_id)
        if tracking is None:
            return await self._load(self._tracking, pool_id, lambda tx: session_configurations.of_pool(tx, pool_id))
        return tracking

    async def risk_configuration(self, pool_id: str, client_id: str) -> RiskConfiguration:
        """What this pool does about risk in sign-ins through this client."""
        if not self._fresh.holds():
            await self._fresh.renew(self._look)
        kept = self._risks.get(pool_id)
        if kept is None:
            kept = await self._load(self._risks, pool_id, lambda tx: risk_configurations.of_pool(tx, pool_id))
        return kept.get(client_id) or kept.get(EVERY_CLIENT) or RiskConfiguration(pool_id, EVERY_CLIENT, {}, 0)

    @property
    def generation(self) -> int:
        """Another number after each time that everything was dropped: what was read before may be out of date."""
        return self._drops

    def forget(self) -> None:
        """Drop everything: call it after a write that changed a pool, a client or a provisioned limit."""
        self._fresh.end()
        self._drop()

    def _drop(self) -> None:
        self._drops += 1
        self._drop_keys()
        self._pools.clear()
        self._clients.clear()
        self._tracking.clear()
        self._risks.clear()

    async def _look(self) -> bool:
        drops = self._drops
        version, provisioned = await self._database.read(self._read_version)
        unchanged_meanwhile = drops == self._drops  # else this may have been read before the change
        if version != self._version:
            self._drop()
            self.provisioned = provisioned
        self._version = version
        return unchanged_meanwhile

    async def _read_version(self, tx: Tx) -> tuple[int, Mapping[str, int]]:
        """The version first: what changes in between is read now and once more at the next look."""
        version = await configuration.version(tx)
        unchanged = version == self._version
        return version, self.provisioned if unchanged else await provisioned_limits.of_account(tx)

    async def _load(self, cache: dict[str, V], key: str, work: Work[V]) -> V:
        """Read, and remember unless it was read before a change that is already known of."""
        drops = self._drops
        value = await self._database.read(work)
        if drops == self._drops:
            if len(cache) >= REMEMBERED:
                cache.clear()
            cache[key] = value
        return value

    async def _read_client(self, tx: Tx, client_id: str) -> AppClient:
        pool_id = await app_clients.pool_of(tx, client_id)
        client = await app_clients.get(tx, pool_id, client_id) if pool_id else None
        if client is None:
            raise errors.ClientDoesNotExist(client_id=client_id)
        sealed = await client_secrets.of_client(tx, client.pool_id, client_id)
        opened = (ClientSecret(s.secret_id, self._open_secret(client_id, s.sealed), s.created_ms) for s in sealed)
        return replace(client, secrets=tuple(opened))


async def _read_pool(tx: Tx, pool_id: str) -> UserPool:
    pool = await user_pools.get(tx, pool_id)
    if pool is None:
        raise errors.PoolDoesNotExist(pool_id=pool_id)
    return pool
