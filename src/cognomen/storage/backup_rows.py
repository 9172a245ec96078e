"""What a backup reads and a restore writes: all rows of a table, or those of one pool, and taking a pool's away."""

from collections.abc import AsyncIterator, Mapping

from cognomen.storage.database import Row, Snapshot, Tx
from cognomen.storage.tables import TABLES, Kept, Shape

LIVING = "pool_id in (select pool_id from user_pools)"  # what deleted pools have left does not travel
ANYTHING = (
    "select exists (select 1 from user_pools), exists (select 1 from access_keys),"
    " exists (select 1 from provisioned_limits)"
)


async def pool_ids(snapshot: Snapshot) -> list[str]:
    """All pools, in order of their ids."""
    return [pool_id for (pool_id,) in await snapshot.all("select pool_id from user_pools order by pool_id")]


def batches(snapshot: Snapshot, name: str, shape: Shape, pool_id: str | None) -> AsyncIterator[list[Row]]:
    """The rows of a table in order of their keys, so that a store takes them fast; None stands for every pool."""
    table = TABLES[name]
    everything = f"select {', '.join(shape.columns)} from {name}"  # noqa: S608
    order = f"order by {', '.join(shape.key)}"
    if table.kept is Kept.SERVER:
        return snapshot.batches(f"{everything} {order}", (), table.batch)
    if pool_id is None:
        return snapshot.batches(f"{everything} where {LIVING} {order}", (), table.batch)
    return snapshot.batches(f"{everything} where pool_id = ? {order}", (pool_id,), table.batch)


async def is_empty(tx: Tx) -> bool:
    """Whether a store holds nothing that anybody made."""
    row = await tx.one(ANYTHING)
    assert row is not None
    return not any(row)


async def holds_pool(tx: Tx, pool_id: str) -> bool:
    """Whether there is a pool with this id."""
    return await tx.one("select 1 from user_pools where pool_id = ?", (pool_id,)) is not None


async def clear_pool(tx: Tx, pool_id: str, shapes: Mapping[str, Shape]) -> None:
    """Take every row of a pool away, also those that it left when it was deleted."""
    for name, shape in shapes.items():
        if "pool_id" in shape.columns and TABLES[name].kept is not Kept.SERVER:
            await tx.run(f"delete from {name} where pool_id = ?", (pool_id,))  # noqa: S608


async def clear_all(tx: Tx, shapes: Mapping[str, Shape]) -> None:
    """Take every row away that a backup may hold, and every other one of a pool."""
    for name, shape in shapes.items():
        if "pool_id" in shape.columns or TABLES[name].kept is not Kept.NOWHERE:
            await tx.run(f"delete from {name}")  # noqa: S608
