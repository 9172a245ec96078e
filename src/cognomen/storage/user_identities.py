"""Rows of the identities of providers that are linked to users."""

from cognomen.domain.identities import LinkedIdentity
from cognomen.storage.database import Tx

COLUMNS = "pool_id, provider, attribute, value, sub, kind, linked_ms"


async def insert(tx: Tx, identity: LinkedIdentity) -> None:
    """One more identity of a user; raises UniqueViolation."""
    await tx.run(
        f"insert into user_identities ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            identity.pool_id,
            identity.provider,
            identity.attribute,
            identity.value,
            identity.sub,
            identity.type,
            identity.linked_ms,
        ),
    )


async def get(tx: Tx, pool_id: str, provider: str, attribute: str, value: str) -> LinkedIdentity | None:
    """The identity with this attribute, and by its `sub` the user that it is linked to."""
    row = await tx.one(
        f"select {COLUMNS} from user_identities"  # noqa: S608
        " where pool_id = ? and provider = ? and attribute = ? and value = ?",
        (pool_id, provider, attribute, value),
    )
    return LinkedIdentity(*row) if row else None


async def of_user(tx: Tx, pool_id: str, sub: str) -> list[LinkedIdentity]:
    """All identities of a user, the first linked one first."""
    rows = await tx.all(
        f"select {COLUMNS} from user_identities where pool_id = ? and sub = ?"  # noqa: S608
        " order by linked_ms, provider, attribute, value",
        (pool_id, sub),
    )
    return [LinkedIdentity(*row) for row in rows]


async def delete(tx: Tx, identity: LinkedIdentity) -> None:
    """Take an identity from its user."""
    await tx.run(
        "delete from user_identities where pool_id = ? and provider = ? and attribute = ? and value = ?",
        (identity.pool_id, identity.provider, identity.attribute, identity.value),
    )
