"""Rows of what stacks of templates have made; what is known of a thing is sealed, for it may hold secrets."""

from dataclasses import dataclass, field

from cognomen.storage.database import Tx


@dataclass(frozen=True, slots=True)
class StackRow:
    """One resource of a stack, by its logical id."""

    stack: str
    logical_id: str
    sealed: bytes = field(repr=False)


def purpose_of(stack: str, logical_id: str) -> str:
    """What the sealed part of a row is sealed for."""
    return f"stack:{stack}:{logical_id}"


async def put(tx: Tx, row: StackRow) -> None:
    """Put this in place of what was kept under the logical id."""
    await tx.run(
        "insert into stacks (stack, logical_id, sealed) values (?, ?, ?)"
        " on conflict (stack, logical_id) do update set sealed = excluded.sealed",
        (row.stack, row.logical_id, row.sealed),
    )


async def of_stack(tx: Tx, stack: str) -> list[StackRow]:
    """All that a stack has."""
    rows = await tx.all("select stack, logical_id, sealed from stacks where stack = ? order by logical_id", (stack,))
    return [StackRow(*row) for row in rows]


async def delete(tx: Tx, stack: str, logical_id: str) -> None:
    """Keep nothing of it any more."""
    await tx.run("delete from stacks where stack = ? and logical_id = ?", (stack, logical_id))
