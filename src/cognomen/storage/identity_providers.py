"""Rows of identity providers and of the identifiers by which they are found; their details are sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cognomen.storage.database import Row, Tx
from cognomen.storage.json_columns import json_text, read_settings

COLUMNS = "pool_id, name, kind, details, mappings, created_ms, modified_ms"
SELECT = f"select {COLUMNS} from providers"  # noqa: S608
HOLD = f"update providers set modified_ms = modified_ms where pool_id = ? and name = ? returning {COLUMNS}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider as it is kept; its identifiers have rows of their own."""

    pool_id: str
    name: str
    type: str
    details: bytes = field(repr=False)
    mappings: Mapping[str, Any]
    created_ms: int
    modified_ms: int


async def insert(tx: Tx, provider: ProviderRow) -> None:
    """A new provider, without its identifiers; raises UniqueViolation."""
    await tx.run(
        f"insert into providers ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            provider.pool_id,
            provider.name,
            provider.type,
            provider.details,
            json_text(provider.mappings),
            provider.created_ms,
            provider.modified_ms,
        ),
    )


async def get(tx: Tx, pool_id: str, name: str) -> ProviderRow | None:
    """The provider of this pool with this name."""
    row = await tx.one(SELECT + " where pool_id = ? and name = ?", (pool_id, name))
    return _provider(row) if row else None


async def held(tx: Tx, pool_id: str, name: str) -> ProviderRow | None:
    """The provider as it is now, changed by nobody else until this write ends: read it so to change it."""
    row = await tx.one(HOLD, (pool_id, name))
    return _provider(row) if row else None


async def page(tx: Tx, pool_id: str, after: str, limit: int) -> list[ProviderRow]:
    """The pool's providers whose name sorts behind `after`, in order of their names."""
    rows = await tx.all(SELECT + " where pool_id = ? and name > ? order by name limit ?", (pool_id, after, limit))
    return [_provider(row) for row in rows]


async def names_of_pool(tx: Tx, pool_id: str) -> frozenset[str]:
    """The names of all providers of a pool."""
    rows = await tx.all("select name from providers where pool_id = ?", (pool_id,))
    return frozenset(row[0] for row in rows)


async def update(tx: Tx, provider: ProviderRow) -> None:
    """Store what can change of a provider."""
    await tx.run(
        "update providers set details = ?, mappings = ?, modified_ms = ? where pool_id = ? and name = ?",
        (
            provider.details,
            json_text(provider.mappings),
            provider.modified_ms,
            provider.pool_id,
            provider.name,
        ),
    )


async def delete(tx: Tx, pool_id: str, name: str) -> bool:
    """Take a provider away with its identifiers; False where there is no such provider."""
    if not await tx.run("delete from providers where pool_id = ? and name = ?", (pool_id, name)):
        return False
    await put_identifiers(tx, pool_id, name, ())
    return True


# Identifiers


async def put_identifiers(tx: Tx, pool_id: str, name: str, identifiers: tuple[str, ...]) -> None:
    """Put these in place of a provider's identifiers; raises UniqueViolation where another provider has one."""
    await tx.run("delete from provider_identifiers where pool_id = ? and name = ?", (pool_id, name))
    for position, identifier in enumerate(identifiers):
        await tx.run(
            "insert into provider_identifiers (pool_id, identifier, name, position) values (?, ?, ?, ?)",
            (pool_id, identifier, name, position),
        )


async def identifiers_of(tx: Tx, pool_id: str, name: str) -> tuple[str, ...]:
    """A provider's identifiers in the order that they were given in."""
    rows = await tx.all(
        "select identifier from provider_identifiers where pool_id = ? and name = ? order by position",
        (pool_id, name),
    )
    return tuple(row[0] for row in rows)


async def name_of(tx: Tx, pool_id: str, identifier: str) -> str | None:
    """The provider that an identifier leads to."""
    row = await tx.one(
        "select name from provider_identifiers where pool_id = ? and identifier = ?", (pool_id, identifier)
    )
    return row[0] if row else None


def _provider(row: Row) -> ProviderRow:
    pool_id, name, type_, details, mappings, created_ms, modified_ms = row
    return ProviderRow(pool_id, name, type_, bytes(details), read_settings(mappings), created_ms, modified_ms)
