"""Rows of app clients' secrets, which are sealed under the master key."""

from dataclasses import dataclass, field

from cognomen.storage.database import Tx


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """One live secret of a client as it is kept."""

    secret_id: str
    sealed: bytes = field(repr=False)
    created_ms: int


async def insert(tx: Tx, pool_id: str, client_id: str, secret: SealedSecret) -> None:
    """One more secret of a client; raises UniqueViolation."""
    await tx.run(
        "insert into client_secrets (pool_id, client_id, secret_id, sealed, created_ms) values (?, ?, ?, ?, ?)",
        (pool_id, client_id, secret.secret_id, secret.sealed, secret.created_ms),
    )


async def delete(tx: Tx, pool_id: str, client_id: str, secret_id: str) -> bool:
    """End one secret of a client; False where it has no such secret."""
    touched = await tx.run(
        "delete from client_secrets where pool_id = ? and client_id = ? and secret_id = ?",
        (pool_id, client_id, secret_id),
    )
    return touched > 0


async def of_client(tx: Tx, pool_id: str, client_id: str) -> list[SealedSecret]:
    """The client's secrets, oldest first."""
    rows = await tx.all(
        "select secret_id, sealed, created_ms from client_secrets where pool_id = ? and client_id = ?"
        " order by created_ms, secret_id",
        (pool_id, client_id),
    )
    return [SealedSecret(*row) for row in rows]
