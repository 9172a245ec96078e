"""The signing keys of a pool: made with the pool, loaded once, kept in memory until one takes over from another."""

from collections.abc import Sequence

from cognomen.domain.signing_keys import KeyState, StoredKey, TokenUse, phases_of
from cognomen.services import Services
from cognomen.signing.port import NEVER, PoolKeys
from cognomen.storage import signing_keys


async def make_pool_keys(world: Services, pool_id: str) -> list[StoredKey]:
    """Two fresh key pairs for a pool; the caller stores them in its own transaction."""
    return [await world.key_factory.create(pool_id, use, world.now_ms()) for use in TokenUse]


async def pool_keys(world: Services, pool_id: str) -> PoolKeys:
    """The loaded keys of a pool; an unknown pool has none."""
    loaded = world.pool_keys.get(pool_id)
    return loaded if loaded and world.now_ms() < loaded.until_ms else await _read(world, pool_id)


async def _read(world: Services, pool_id: str) -> PoolKeys:
    """Read, and remember unless it was read before a change that is already known of."""
    generation = world.directory.generation
    stored = await world.database.read(lambda tx: signing_keys.of_pool(tx, pool_id))
    loaded = load(world, stored)
    if loaded.signers and generation == world.directory.generation:
        world.pool_keys[pool_id] = loaded
    return loaded


def load(world: Services, stored: Sequence[StoredKey]) -> PoolKeys:
    """Open the keys that are not retired, as they stand now."""
    phases = phases_of(stored, world.now_ms())
    live = [key for key in stored if phases[key.key_id].state is not KeyState.RETIRED]
    opened = {key.key_id: world.key_factory.load(key) for key in live}
    signers = {key.token_use: opened[key.key_id] for key in live if phases[key.key_id].state is KeyState.SIGNING}
    ends = (phase.until_ms for phase in phases.values() if phase.until_ms is not None)
    return PoolKeys(signers, opened, until_ms=min(ends, default=NEVER))
