"""Writing lines of a pool's logs, together with what they tell of."""

from collections.abc import Mapping
from typing import Any

from cognomen.domain.auth_events import AuthEvent
from cognomen.domain.log_delivery import destination_of
from cognomen.domain.pool_logs import ACTIVITY, NOTIFICATIONS, PoolLog, activity, document
from cognomen.domain.user import User
from cognomen.services import Services
from cognomen.storage import log_deliveries, pool_logs
from cognomen.storage.database import Tx


async def log_activity(tx: Tx, world: Services, event: AuthEvent, user: User, client_id: str) -> None:
    """Log what a user did, where the pool exports that."""
    await _log(tx, world, ACTIVITY, event.pool_id, activity(event, user.username, client_id))


async def log_undelivered(tx: Tx, world: Services, pool_id: str, details: str) -> None:
    """Log that a message could not be sent, where the pool exports that; no word of the message is in `details`."""
    await _log(tx, world, NOTIFICATIONS, pool_id, {"details": details})


async def _log(tx: Tx, world: Services, source: str, pool_id: str, message: Mapping[str, Any]) -> None:
    destination = destination_of(await log_deliveries.of_pool(tx, pool_id), source)
    if destination is None:
        return
    now_ms = world.now_ms()
    line = document(source, pool_id, now_ms, message)
    await pool_logs.put(tx, PoolLog(pool_id, world.ids.ordered(now_ms), destination, line, now_ms))
