"""Making and changing resource servers, within AWS's quota (reference 11 and 13)."""

from collections.abc import Iterable

from cognomen import errors
from cognomen.domain.pool import UserPool
from cognomen.domain.resource_servers import ResourceServer, Scope, distinct
from cognomen.flows.pools import held_pool
from cognomen.services import Services
from cognomen.storage import resource_servers
from cognomen.storage.database import Tx, UniqueViolation


def asked_for(world: Services, pool: UserPool, identifier: str, name: str, scopes: Iterable[Scope]) -> ResourceServer:
    """A resource server as a caller wants it now; raises ScopeNamedTwice."""
    now_ms = world.now_ms()
    return ResourceServer(pool.pool_id, identifier, name, distinct(scopes), now_ms, now_ms)


async def create(world: Services, server: ResourceServer) -> None:
    """Store a new resource server; raises ResourceServerExists, PoolQuotaExceeded, PoolDoesNotExist."""

    async def work(tx: Tx) -> None:
        await held_pool(tx, server.pool_id)  # so that two cannot both be the last one
        await resource_servers.insert(tx, server)
        most = world.facts.quotas.resource_servers_per_pool
        if await resource_servers.count_of_pool(tx, server.pool_id) > most:
            raise errors.PoolQuotaExceeded(most=most, things="resource servers")

    try:
        await world.database.write(work)
    except UniqueViolation as clash:
        raise errors.ResourceServerExists(identifier=server.identifier, pool_id=server.pool_id) from clash


async def change(world: Services, server: ResourceServer) -> ResourceServer:
    """Put the name and the scopes in place of what was there; raises ResourceServerNotFound."""
    changed = await world.database.write(lambda tx: resource_servers.update(tx, server))
    if changed is None:
        raise errors.ResourceServerNotFound(identifier=server.identifier)
    return changed


async def require(world: Services, pool: UserPool, identifier: str) -> ResourceServer:
    """The resource server of this identifier; raises ResourceServerNotFound."""
    server = await world.database.read(lambda tx: resource_servers.get(tx, pool.pool_id, identifier))
    if server is None:
        raise errors.ResourceServerNotFound(identifier=identifier)
    return server


async def delete(world: Services, pool: UserPool, identifier: str) -> None:
    """Delete a resource server; clients keep the names of its scopes. Raises ResourceServerNotFound."""
    if not await world.database.write(lambda tx: resource_servers.delete(tx, pool.pool_id, identifier)):
        raise errors.ResourceServerNotFound(identifier=identifier)
