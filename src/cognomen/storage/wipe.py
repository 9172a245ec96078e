"""Emptying the database, which the dev profile offers between tests."""

from cognomen.storage import configuration
from cognomen.storage.database import Tx

# All tables but schema_version, and counters, which must never go back.
TABLES = (
    "user_pools",
    "deleted_pools",
    "app_clients",
    "client_pools",
    "client_secrets",
    "signing_keys",
    "users",
    "user_names",
    "codes",
    "attempts",
    "refresh_tokens",
    "outbox",
    "inbox",
)


async def wipe(tx: Tx) -> None:
    """Delete every row of every table, and tell the other processes."""
    for table in TABLES:
        await tx.run(f"delete from {table}")  # noqa: S608
    await configuration.bump(tx)
