"""SetLogDeliveryConfiguration, GetLogDeliveryConfiguration: where the logs of a pool go."""

import msgspec

from cognomen.api.call import Call, operation
from cognomen.flows import log_delivery
from cognomen.storage import log_deliveries
from cognomen.wire.idp import (
    GetLogDeliveryConfigurationRequest,
    GetLogDeliveryConfigurationResponse,
    LogConfigurationType,
    LogDeliveryConfigurationType,
    SetLogDeliveryConfigurationRequest,
    SetLogDeliveryConfigurationResponse,
)


@operation
async def set_log_delivery_configuration(
    call: Call, request: SetLogDeliveryConfigurationRequest
) -> SetLogDeliveryConfigurationResponse:
    """Have logs delivered as the request says, and nothing else."""
    await log_delivery.configure(call.world, call.pool, msgspec.to_builtins(request.log_configurations))
    return SetLogDeliveryConfigurationResponse(log_delivery_configuration=await shown(call))


@operation
async def get_log_delivery_configuration(
    call: Call, request: GetLogDeliveryConfigurationRequest
) -> GetLogDeliveryConfigurationResponse:
    """Where the logs of a pool go."""
    return GetLogDeliveryConfigurationResponse(log_delivery_configuration=await shown(call))


async def shown(call: Call) -> LogDeliveryConfigurationType:
    """The deliveries of a pool as answers hold them."""
    kept = await call.world.database.read(lambda tx: log_deliveries.of_pool(tx, call.pool.pool_id))
    return LogDeliveryConfigurationType(
        user_pool_id=call.pool.pool_id, log_configurations=msgspec.convert(kept, list[LogConfigurationType])
    )
