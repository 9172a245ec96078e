"""Rows of resource servers and their scopes."""

from cognomen.domain.resource_servers import ResourceServer, Scope
from cognomen.storage.database import Row, Tx
from cognomen.storage.json_columns import json_text, read_documents

SELECT = "select pool_id, identifier, name, scopes, created_ms, modified_ms from resource_servers"


async def insert(tx: Tx, server: ResourceServer) -> None:
    """A new resource server; raises UniqueViolation."""
    await tx.run(
        "insert into resource_servers (pool_id, identifier, name, scopes, created_ms, modified_ms)"
        " values (?, ?, ?, ?, ?, ?)",
        (
            server.pool_id,
            server.identifier,
            server.name,
            _scopes_text(server),
            server.created_ms,
            server.modified_ms,
        ),
    )


async def get(tx: Tx, pool_id: str, identifier: str) -> ResourceServer | None:
    """The resource server of this pool with this identifier."""
    row = await tx.one(SELECT + " where pool_id = ? and identifier = ?", (pool_id, identifier))
    return _server(row) if row else None


async def page(tx: Tx, pool_id: str, after: str, limit: int) -> list[ResourceServer]:
    """The pool's resource servers whose identifier sorts behind `after`, in order of their identifiers."""
    rows = await tx.all(
        SELECT + " where pool_id = ? and identifier > ? order by identifier limit ?", (pool_id, after, limit)
    )
    return [_server(row) for row in rows]


async def scopes_of_pool(tx: Tx, pool_id: str) -> frozenset[str]:
    """Every scope of every resource server of a pool, as clients name them."""
    rows = await tx.all(SELECT + " where pool_id = ?", (pool_id,))
    return frozenset().union(*(_server(row).scope_names for row in rows))


async def count_of_pool(tx: Tx, pool_id: str) -> int:
    """How many resource servers a pool has."""
    row = await tx.one("select count(*) from resource_servers where pool_id = ?", (pool_id,))
    assert row is not None
    count: int = row[0]
    return count


async def update(tx: Tx, server: ResourceServer) -> ResourceServer | None:
    """Store the name and the scopes in one statement; None where there is no such resource server."""
    row = await tx.one(
        "update resource_servers set name = ?, scopes = ?, modified_ms = ? where pool_id = ? and identifier = ?"
        " returning pool_id, identifier, name, scopes, created_ms, modified_ms",
        (server.name, _scopes_text(server), server.modified_ms, server.pool_id, server.identifier),
    )
    return _server(row) if row else None


async def delete(tx: Tx, pool_id: str, identifier: str) -> bool:
    """Take a resource server away; False where there is no such one."""
    touched = await tx.run("delete from resource_servers where pool_id = ? and identifier = ?", (pool_id, identifier))
    return touched > 0


def _scopes_text(server: ResourceServer) -> str:
    return json_text([{"name": scope.name, "description": scope.description} for scope in server.scopes])


def _server(row: Row) -> ResourceServer:
    pool_id, identifier, name, scopes, created_ms, modified_ms = row
    read = tuple(Scope(one["name"], one["description"]) for one in read_documents(scopes))
    return ResourceServer(pool_id, identifier, name, read, created_ms, modified_ms)
