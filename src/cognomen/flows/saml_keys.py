"""The key pair of a pool for requests to SAML providers: made when somebody first asks for it, and then the same."""

from cognomen.domain.pool import UserPool
from cognomen.domain.signing_keys import CertifiedKey
from cognomen.flows.pools import held_pool
from cognomen.services import Services
from cognomen.storage import saml_keys
from cognomen.storage.database import Tx


async def saml_key_of(world: Services, pool: UserPool) -> CertifiedKey:
    """The key of a pool with its certificate; raises PoolDoesNotExist."""
    known = await world.database.read(lambda tx: saml_keys.of_pool(tx, pool.pool_id))
    if known is not None:
        return known
    made = await world.key_factory.create_certified(pool.pool_id, world.now_ms())

    async def work(tx: Tx) -> CertifiedKey:
        await held_pool(tx, pool.pool_id)
        await saml_keys.keep_first(tx, made)  # somebody may have asked at the same time
        return await saml_keys.of_pool(tx, pool.pool_id) or made

    return await world.database.write(work)
