"""Setting where the logs of a pool go."""

from collections.abc import Mapping, Sequence
from typing import Any

from cognomen.domain.log_delivery import check_deliveries
from cognomen.domain.pool import UserPool
from cognomen.flows.pools import held_pool
from cognomen.services import Services
from cognomen.storage import log_deliveries
from cognomen.storage.database import Tx


async def configure(world: Services, pool: UserPool, configurations: Sequence[Mapping[str, Any]]) -> None:
    """Put deliveries in place of what was set before.

    Raises InvalidParameterException, FeatureUnavailableInTierException, PoolDoesNotExist.
    """

    async def work(tx: Tx) -> None:
        check_deliveries(await held_pool(tx, pool.pool_id), configurations)
        await log_deliveries.put(tx, pool.pool_id, configurations)

    await world.database.write(work)
