"""Rows of the key pairs that requests to SAML providers are signed with, one a pool, sealed under the master key."""

from cognomen.domain.signing_keys import CertifiedKey
from cognomen.storage.database import Tx


async def keep_first(tx: Tx, key: CertifiedKey) -> None:
    """Store the key of a pool, unless it has one."""
    await tx.run(
        "insert into saml_keys (pool_id, sealed, certificate, created_ms) values (?, ?, ?, ?) on conflict do nothing",
        (key.pool_id, key.sealed, key.certificate, key.created_ms),
    )


async def of_pool(tx: Tx, pool_id: str) -> CertifiedKey | None:
    """The key of a pool, where one was ever needed."""
    row = await tx.one("select sealed, certificate, created_ms from saml_keys where pool_id = ?", (pool_id,))
    return CertifiedKey(pool_id, bytes(row[0]), bytes(row[1]), row[2]) if row else None
