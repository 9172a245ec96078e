"""Rows of where the logs of pools go."""

from collections.abc import Mapping, Sequence
from typing import Any

from cognomen.storage.database import Tx
from cognomen.storage.json_columns import json_text, read_documents


async def put(tx: Tx, pool_id: str, configurations: Sequence[Mapping[str, Any]]) -> None:
    """Put these in place of a pool's deliveries."""
    await tx.run(
        "insert into log_deliveries (pool_id, configurations) values (?, ?)"
        " on conflict (pool_id) do update set configurations = excluded.configurations",
        (pool_id, json_text(configurations)),
    )


async def of_pool(tx: Tx, pool_id: str) -> list[dict[str, Any]]:
    """A pool's deliveries, by their wire names; none where nothing was set."""
    row = await tx.one("select configurations from log_deliveries where pool_id = ?", (pool_id,))
    return read_documents(row[0]) if row else []
