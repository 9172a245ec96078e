"""Rows of refresh tokens, found by their digests."""

from cognomen.domain.sessions import RefreshToken
from cognomen.storage.database import Tx


async def insert(tx: Tx, token: RefreshToken) -> None:
    """A new refresh token; raises UniqueViolation."""
    await tx.run(
        "insert into refresh_tokens (pool_id, digest, sub, client_id, origin_jti, auth_time, issued_ms, expires_ms)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            token.pool_id,
            token.digest,
            token.sub,
            token.client_id,
            token.origin_jti,
            token.auth_time,
            token.issued_ms,
            token.expires_ms,
        ),
    )


async def get(tx: Tx, pool_id: str, digest: bytes) -> RefreshToken | None:
    """The token of this pool with this digest, expired or not."""
    row = await tx.one(
        "select pool_id, digest, sub, client_id, origin_jti, auth_time, issued_ms, expires_ms from refresh_tokens"
        " where pool_id = ? and digest = ?",
        (pool_id, digest),
    )
    return RefreshToken(*row) if row else None


async def delete_of_user(tx: Tx, pool_id: str, sub: str) -> int:
    """Take away all refresh tokens of a user and answer how many there were."""
    return await tx.run("delete from refresh_tokens where pool_id = ? and sub = ?", (pool_id, sub))
