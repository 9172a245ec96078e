"""The signing keys of a pool: made with the pool, loaded once, kept in memory."""

from collections.abc import Iterable

from cognomen.domain.signing_keys import StoredKey, TokenUse
from cognomen.services import Services
from cognomen.signing.port import PoolKeys
from cognomen.storage import signing_keys


async def make_pool_keys(world: Services, pool_id: str) -> list[StoredKey]:
    """Two fresh key pairs for a new pool; the caller stores them in its own transaction."""
    return [await world.key_factory.create(pool_id, use, world.now_ms()) for use in TokenUse]


async def pool_keys(world: Services, pool_id: str) -> PoolKeys:
    """The loaded keys of a pool; an unknown pool has none."""
    loaded = world.pool_keys.get(pool_id)
    if loaded is None:
        stored = await world.database.read(lambda tx: signing_keys.of_pool(tx, pool_id))
        loaded = load(world, stored)
        if loaded.signers:
            world.pool_keys[pool_id] = loaded
    return loaded


def load(world: Services, stored: Iterable[StoredKey]) -> PoolKeys:
    """Open the keys; of each use the newest one signs."""
    oldest_first = sorted(stored, key=lambda key: (key.created_ms, key.key_id))
    opened = {key.key_id: world.key_factory.load(key) for key in oldest_first}
    return PoolKeys({key.token_use: opened[key.key_id] for key in oldest_first}, opened)
