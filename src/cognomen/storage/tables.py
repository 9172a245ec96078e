"""Every table once: whether a backup holds its rows, and whose they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from sqlite3 import connect

from cognomen.storage import migrate

FEW = 20  # rows that may be megabytes long
MANY = 2000


class Kept(Enum):
    """What a backup holds of a table."""

    POOL = auto()  # the rows of the pools that it is of
    SERVER = auto()  # all rows, in a backup of a whole server alone
    NOWHERE = auto()  # nothing: of no use anywhere else, or harmful


@dataclass(frozen=True, slots=True)
class Table:
    """How a table is treated; `batch` is how many of its rows are held in memory at a time."""

    kept: Kept
    batch: int = MANY


# Of what is short-lived, that travels which keeps somebody out: a code or challenge that was used must not be good once
# more, and who guesses must not begin anew. Waiting messages stay, since the old server sends them, and so does what
# counts events of one store.
TABLES: Mapping[str, Table] = {
    "user_pools": Table(Kept.POOL),
    "app_clients": Table(Kept.POOL),
    "client_pools": Table(Kept.POOL),
    "client_secrets": Table(Kept.POOL),
    "signing_keys": Table(Kept.POOL),
    "users": Table(Kept.POOL),
    "user_names": Table(Kept.POOL),
    "user_search": Table(Kept.POOL),
    "pending_attributes": Table(Kept.POOL),
    "password_history": Table(Kept.POOL),
    "codes": Table(Kept.POOL),
    "attempts": Table(Kept.POOL),
    "lockouts": Table(Kept.POOL),
    "challenge_sessions": Table(Kept.POOL),
    "software_tokens": Table(Kept.POOL),
    "passkeys": Table(Kept.POOL),
    "devices": Table(Kept.POOL),
    "token_sessions": Table(Kept.POOL),
    "pool_session_configurations": Table(Kept.POOL),
    "client_session_configurations": Table(Kept.POOL),
    "user_groups": Table(Kept.POOL),
    "group_members": Table(Kept.POOL),
    "deleted_groups": Table(Kept.POOL),  # until their memberships, which travel, are gone
    "resource_servers": Table(Kept.POOL),
    "pool_domains": Table(Kept.POOL),
    "providers": Table(Kept.POOL),
    "provider_identifiers": Table(Kept.POOL),
    "user_identities": Table(Kept.POOL),
    "ui_customizations": Table(Kept.POOL, batch=FEW),
    "login_brandings": Table(Kept.POOL, batch=FEW),
    "terms": Table(Kept.POOL),
    "log_deliveries": Table(Kept.POOL),
    "saml_keys": Table(Kept.POOL),
    "risk_configurations": Table(Kept.POOL),
    "auth_events": Table(Kept.POOL),
    "provisioned_limits": Table(Kept.SERVER),
    "access_keys": Table(Kept.SERVER),
    "stacks": Table(Kept.SERVER),  # they may have things in several pools
    "audit_head": Table(Kept.SERVER),
    "audit_chains": Table(Kept.SERVER),
    "audit_records": Table(Kept.SERVER),
    "audit_pending": Table(Kept.SERVER),  # what they tell of has happened
    "import_jobs": Table(Kept.SERVER),  # one at a time is active, whichever pool it is for
    "active_import_jobs": Table(Kept.SERVER),
    "import_parts": Table(Kept.SERVER, batch=FEW),
    "import_logs": Table(Kept.SERVER, batch=FEW),
    "outbox": Table(Kept.NOWHERE),
    "pool_logs": Table(Kept.NOWHERE),
    "inbox": Table(Kept.NOWHERE),
    "deleted_pools": Table(Kept.NOWHERE),  # and so do the rows that these have left
    "counters": Table(Kept.NOWHERE),  # of changes to one store, which never go back
    "job_leases": Table(Kept.NOWHERE),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a table, and those of its key in order."""

    columns: tuple[str, ...]
    key: tuple[str, ...]


@cache
def shapes(version: int) -> Mapping[str, Shape]:
    """All tables that a schema version has, by name."""
    store = connect(":memory:")
    try:
        for step in migrate.known():
            for statement in step.statements if step.version <= version else ():
                store.execute(statement)
        names = [name for (name,) in store.execute("select name from sqlite_master where type = 'table'")]
        return {name: _shape(store.execute(f"pragma table_info({name})").fetchall()) for name in names}
    finally:
        store.close()


def _shape(columns: Sequence[tuple[int, str, str, int, object, int]]) -> Shape:
    """What PRAGMA table_info tells: position, name, type, not null, default, position in the key."""
    keyed = sorted((column[5], column[1]) for column in columns if column[5])
    return Shape(tuple(column[1] for column in columns), tuple(name for _, name in keyed))
