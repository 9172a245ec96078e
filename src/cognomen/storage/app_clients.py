"""Rows of app clients; their secrets are in client_secrets."""

from cognomen.domain.app_client import AppClient
from cognomen.storage.database import Row, Tx
from cognomen.storage.json_columns import json_text, read_settings

COLUMNS = "pool_id, client_id, name, created_ms, modified_ms, settings"
SELECT = f"select {COLUMNS} from app_clients"  # noqa: S608
HOLD = f"update app_clients set modified_ms = modified_ms where pool_id = ? and client_id = ? returning {COLUMNS}"  # noqa: S608
# What goes with a client.
BESIDE = (
    *("client_secrets", "client_session_configurations", "ui_customizations", "login_brandings", "terms"),
    "risk_configurations",
)


async def insert(tx: Tx, client: AppClient) -> None:
    """A new client, without its secrets; raises UniqueViolation."""
    await tx.run(
        "insert into app_clients (pool_id, client_id, name, settings, created_ms, modified_ms)"
        " values (?, ?, ?, ?, ?, ?)",
        (
            client.pool_id,
            client.client_id,
            client.name,
            json_text(client.settings),
            client.created_ms,
            client.modified_ms,
        ),
    )
    await tx.run("insert into client_pools (client_id, pool_id) values (?, ?)", (client.client_id, client.pool_id))


async def pool_of(tx: Tx, client_id: str) -> str | None:
    """The pool that a client belongs to."""
    row = await tx.one("select pool_id from client_pools where client_id = ?", (client_id,))
    return row[0] if row else None


async def get(tx: Tx, pool_id: str, client_id: str) -> AppClient | None:
    """The client of this pool with this id, without its secrets."""
    row = await tx.one(SELECT + " where pool_id = ? and client_id = ?", (pool_id, client_id))
    return _client(row) if row else None


async def page(tx: Tx, pool_id: str, after: str, limit: int) -> list[AppClient]:
    """The pool's clients whose id sorts behind `after`, in order of their ids, without their secrets."""
    rows = await tx.all(
        SELECT + " where pool_id = ? and client_id > ? order by client_id limit ?", (pool_id, after, limit)
    )
    return [_client(row) for row in rows]


async def held(tx: Tx, pool_id: str, client_id: str) -> AppClient | None:
    """The client as it is now, changed by nobody else until this write ends, without its secrets."""
    row = await tx.one(HOLD, (pool_id, client_id))
    return _client(row) if row else None


async def update(tx: Tx, client: AppClient) -> bool:
    """Store the name and the settings; False where there is no such client."""
    touched = await tx.run(
        "update app_clients set name = ?, settings = ?, modified_ms = ? where pool_id = ? and client_id = ?",
        (client.name, json_text(client.settings), client.modified_ms, client.pool_id, client.client_id),
    )
    return touched > 0


async def count_of_pool(tx: Tx, pool_id: str) -> int:
    """How many clients a pool has."""
    row = await tx.one("select count(*) from app_clients where pool_id = ?", (pool_id,))
    assert row is not None
    count: int = row[0]
    return count


async def touch(tx: Tx, pool_id: str, client_id: str, now_ms: int) -> bool:
    """Note a change, and keep others from changing the client until this write ends; False where it is gone."""
    touched = await tx.run(
        "update app_clients set modified_ms = ? where pool_id = ? and client_id = ?", (now_ms, pool_id, client_id)
    )
    return touched > 0


async def delete(tx: Tx, pool_id: str, client_id: str) -> bool:
    """Take the client away with its secrets; False where there is no such client."""
    if not await tx.run("delete from app_clients where pool_id = ? and client_id = ?", (pool_id, client_id)):
        return False
    await tx.run("delete from client_pools where client_id = ?", (client_id,))
    for table in BESIDE:
        await tx.run(f"delete from {table} where pool_id = ? and client_id = ?", (pool_id, client_id))  # noqa: S608
    return True


def _client(row: Row) -> AppClient:
    pool_id, client_id, name, created_ms, modified_ms, settings = row
    return AppClient(pool_id, client_id, name, created_ms, modified_ms, read_settings(settings))
