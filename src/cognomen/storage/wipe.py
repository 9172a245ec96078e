"""Emptying the database, which the dev profile offers between tests."""

from cognomen.storage import configuration, counters
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
    "user_search",
    "pending_attributes",
    "codes",
    "attempts",
    "lockouts",
    "software_tokens",
    "passkeys",
    "devices",
    "token_sessions",
    "pool_session_configurations",
    "client_session_configurations",
    "challenge_sessions",
    "password_history",
    "outbox",
    "inbox",
    "user_groups",
    "group_members",
    "deleted_groups",
    "resource_servers",
    "pool_domains",
    "providers",
    "provider_identifiers",
    "user_identities",
    "ui_customizations",
    "login_brandings",
    "terms",
    "log_deliveries",
    "pool_logs",
    "saml_keys",
    "risk_configurations",
    "auth_events",
    "import_jobs",
    "import_parts",
    "import_logs",
    "active_import_jobs",
)
TABLES_WITHOUT_POOL = (
    "provisioned_limits",
    "access_keys",
    "stacks",
    "job_leases",
    "audit_pending",  # outlives its pool
    "audit_chains",
    "audit_records",
    "audit_head",
)


async def wipe(tx: Tx) -> None:
    """Delete every row of every table, and tell the other processes."""
    for table in (*TABLES, *TABLES_WITHOUT_POOL):
        await tx.run(f"delete from {table}")  # noqa: S608
    await configuration.bump(tx)
    await counters.bump(tx, "access_keys")
