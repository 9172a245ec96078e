"""Rows of what pools and their clients do about risk."""

from cognomen.domain.risk import RiskConfiguration
from cognomen.storage.database import Tx
from cognomen.storage.json_columns import json_text, read_settings


async def put(tx: Tx, configuration: RiskConfiguration) -> None:
    """Put this in place of what was set for the same pool or client."""
    await tx.run(
        "insert into risk_configurations (pool_id, client_id, settings, modified_ms) values (?, ?, ?, ?)"
        " on conflict (pool_id, client_id) do update set settings = excluded.settings,"
        " modified_ms = excluded.modified_ms",
        (
            configuration.pool_id,
            configuration.client_id,
            json_text(configuration.settings),
            configuration.modified_ms,
        ),
    )


async def drop(tx: Tx, pool_id: str, client_id: str) -> None:
    """Have nothing set for this pool or client."""
    await tx.run("delete from risk_configurations where pool_id = ? and client_id = ?", (pool_id, client_id))


async def of_pool(tx: Tx, pool_id: str) -> dict[str, RiskConfiguration]:
    """All that was set for a pool and its clients, by client id; that of the pool is under ALL."""
    rows = await tx.all(
        "select pool_id, client_id, settings, modified_ms from risk_configurations where pool_id = ?", (pool_id,)
    )
    return {row[1]: RiskConfiguration(row[0], row[1], read_settings(row[2]), row[3]) for row in rows}
