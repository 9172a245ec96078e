"""The public keys of a pool (RFC 7517; reference 07)."""

from collections.abc import Mapping, Sequence

from cognomen.flows.pool_keys import pool_keys
from cognomen.services import Services


async def key_set(world: Services, pool_id: str) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Every key whose tokens are still good, the ones that sign now among them; raises PoolDoesNotExist."""
    pool = await world.directory.pool(pool_id)
    keys = await pool_keys(world, pool.pool_id)
    return {"keys": [key.jwk for key in keys.by_id.values()]}
