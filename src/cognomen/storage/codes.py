"""Rows of one-time codes; a new code replaces the older one of the same purpose."""

from enum import Enum, auto

from cognomen.domain.codes import Code, CodePurpose
from cognomen.storage.database import Tx


class Verdict(Enum):
    """Why a code does not work."""

    MISSING = auto()
    WRONG = auto()
    EXPIRED = auto()


async def put(tx: Tx, code: Code) -> None:
    """Keep a code; the older one of the same purpose stops working."""
    await tx.run(
        "insert into codes (pool_id, sub, purpose, digest, attribute, expires_ms) values (?, ?, ?, ?, ?, ?)"
        " on conflict (pool_id, sub, purpose) do update set"
        " digest = excluded.digest, attribute = excluded.attribute, expires_ms = excluded.expires_ms",
        (code.pool_id, code.sub, code.purpose.value, code.digest, code.attribute, code.expires_ms),
    )


async def get(tx: Tx, pool_id: str, sub: str, purpose: CodePurpose) -> Code | None:
    """The code of this purpose, expired or not; looking does not use it up."""
    row = await tx.one(
        "select digest, attribute, expires_ms from codes where pool_id = ? and sub = ? and purpose = ?",
        (pool_id, sub, purpose.value),
    )
    return Code(pool_id, sub, purpose, *row) if row else None


async def spend(  # noqa: PLR0917
    tx: Tx, pool_id: str, sub: str, purpose: CodePurpose, digest: bytes, now_ms: int
) -> Code | Verdict:
    """Use a code up: of any number of racing calls one gets it, the others find it missing."""
    row = await tx.one(
        "delete from codes where pool_id = ? and sub = ? and purpose = ? and digest = ? and expires_ms > ?"
        " returning attribute, expires_ms",
        (pool_id, sub, purpose.value, digest, now_ms),
    )
    if row:
        return Code(pool_id, sub, purpose, digest, *row)
    left = await tx.one(
        "select expires_ms from codes where pool_id = ? and sub = ? and purpose = ?", (pool_id, sub, purpose.value)
    )
    if left is None:
        return Verdict.MISSING
    return Verdict.EXPIRED if left[0] <= now_ms else Verdict.WRONG


async def drop_of_attribute(tx: Tx, pool_id: str, sub: str, attribute: str) -> int:
    """Forget every code that went to a contact which is another one by now, and answer how many there were."""
    return await tx.run("delete from codes where pool_id = ? and sub = ? and attribute = ?", (pool_id, sub, attribute))


async def drop(tx: Tx, pool_id: str, sub: str, purpose: CodePurpose) -> bool:
    """Forget a code that is not needed any more; False where there is none."""
    touched = await tx.run(
        "delete from codes where pool_id = ? and sub = ? and purpose = ?", (pool_id, sub, purpose.value)
    )
    return touched > 0
