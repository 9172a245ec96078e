"""Numbers that all processes share and that only grow."""

from typing import Literal, TypeAlias

from cognomen.storage.database import Tx

Name: TypeAlias = Literal["access_keys", "configuration", "inbox"]


async def value(tx: Tx, name: Name) -> int:
    """Where the counter stands; 0 before it is first counted."""
    row = await tx.one("select value from counters where name = ?", (name,))
    return row[0] if row else 0


async def touch(tx: Tx) -> None:
    """Write something that changes nothing, to find out whether the store takes it."""
    await tx.run("update counters set value = value where name = ?", ("configuration",))


async def bump(tx: Tx, name: Name) -> int:
    """Count one up and answer the new number; others who count wait until this write ends."""
    row = await tx.one(
        "insert into counters (name, value) values (?, 1)"
        " on conflict (name) do update set value = counters.value + 1 returning value",
        (name,),
    )
    assert row is not None
    count: int = row[0]
    return count
