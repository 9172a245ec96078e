"""Setting what pools and their clients do about risk."""

from collections.abc import Mapping
from typing import Any

from cognomen import errors
from cognomen.delivery.port import Medium
from cognomen.domain.pool import UserPool
from cognomen.domain.risk import EVERY_CLIENT, RiskConfiguration, check_configuration
from cognomen.flows.auth_events import require_protection
from cognomen.flows.deliver import is_carried
from cognomen.flows.pools import held_pool
from cognomen.services import Services
from cognomen.storage import app_clients, configuration, risk_configurations
from cognomen.storage.database import Tx


async def configure(world: Services, pool: UserPool, client_id: str, settings: Mapping[str, Any]) -> RiskConfiguration:
    """Put this in place of what was set for a pool or a client; nothing given takes it back to the default.

    Raises UserPoolAddOnNotEnabledException, NotARange, ActionsOutOfOrder, NotifyWithoutConfiguration, NotSupportedYet,
    CodeDeliveryFailureException, PoolDoesNotExist, ClientDoesNotExist.
    """
    require_protection(pool)
    can_mail = is_carried(world, pool, Medium.EMAIL)
    check_configuration(settings, knows_leaks=world.leaked is not None, can_mail=can_mail)
    asked = RiskConfiguration(pool.pool_id, client_id, settings, world.now_ms())

    async def work(tx: Tx) -> None:
        await held_pool(tx, pool.pool_id)
        if client_id != EVERY_CLIENT and await app_clients.held(tx, pool.pool_id, client_id) is None:
            raise errors.ClientDoesNotExist(client_id=client_id)
        if settings:
            await risk_configurations.put(tx, asked)
        else:
            await risk_configurations.drop(tx, pool.pool_id, client_id)
        await configuration.bump(tx)

    await world.database.write(work)
    world.directory.forget()
    return asked
