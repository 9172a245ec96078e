"""Rows of authenticator apps: the sealed secret, and the newest time step whose code was used."""

from dataclasses import dataclass, field

from cognomen.domain.lockout import CLEAR, Standing
from cognomen.storage.database import Tx

GUESSED = """
select t.sealed, t.last_step, l.until_ms, l.failures from software_tokens t
left join lockouts l on l.pool_id = t.pool_id and l.subject = ?
where t.pool_id = ? and t.sub = ? and t.sealed is not null
"""


@dataclass(frozen=True, slots=True)
class SoftwareToken:
    """An app that is set up."""

    sealed: bytes = field(repr=False)
    last_step: int


async def with_standing(
    tx: Tx, pool_id: str, sub: str, subject: str, now_ms: int
) -> tuple[SoftwareToken, Standing] | None:
    """The app that is set up, and what is held against who guesses its codes; one look, since every sign-in asks."""
    row = await tx.one(GUESSED, (subject, pool_id, sub))
    if row is None:
        return None
    sealed, last_step, until_ms, failures = row
    standing = CLEAR if until_ms is None else Standing(until_ms, failures).remembered(now_ms)
    return SoftwareToken(sealed, last_step), standing


async def in_use(tx: Tx, pool_id: str, sub: str) -> bytes | None:
    """The sealed secret of the app that is set up."""
    row = await tx.one("select sealed from software_tokens where pool_id = ? and sub = ?", (pool_id, sub))
    return row[0] if row else None


async def waiting(tx: Tx, pool_id: str, sub: str) -> bytes | None:
    """The sealed secret that was given out last and is not proved yet."""
    row = await tx.one("select waiting from software_tokens where pool_id = ? and sub = ?", (pool_id, sub))
    return row[0] if row else None


async def give_out(tx: Tx, pool_id: str, sub: str, sealed: bytes) -> None:
    """Wait for a proof of this secret; the one that waited before is of no use any more."""
    await tx.run(
        "insert into software_tokens (pool_id, sub, sealed, last_step, waiting) values (?, ?, null, 0, ?)"
        " on conflict (pool_id, sub) do update set waiting = excluded.waiting",
        (pool_id, sub, sealed),
    )


async def prove(tx: Tx, pool_id: str, sub: str, sealed: bytes, step: int) -> bool:
    """Take the secret that waits for the one in use; False where it does not wait any more."""
    touched = await tx.run(
        "update software_tokens set sealed = waiting, last_step = ?, waiting = null"
        " where pool_id = ? and sub = ? and waiting = ?",
        (step, pool_id, sub, sealed),
    )
    return touched > 0


async def put(tx: Tx, pool_id: str, sub: str, sealed: bytes, step: int) -> None:
    """Set an app up whose secret was proved by the code of this step; an older app, and what waits, is forgotten."""
    await tx.run(
        "insert into software_tokens (pool_id, sub, sealed, last_step, waiting) values (?, ?, ?, ?, null)"
        " on conflict (pool_id, sub) do update set"
        " sealed = excluded.sealed, last_step = excluded.last_step, waiting = null",
        (pool_id, sub, sealed, step),
    )


async def use_step(tx: Tx, pool_id: str, sub: str, sealed: bytes, step: int) -> bool:
    """Use up the code of a step, and all older ones: of any number of racing calls one gets True."""
    touched = await tx.run(
        "update software_tokens set last_step = ? where pool_id = ? and sub = ? and last_step < ? and sealed = ?",
        (step, pool_id, sub, step, sealed),
    )
    return touched > 0


async def delete(tx: Tx, pool_id: str, sub: str) -> bool:
    """Forget the app and what waits; False where there is nothing."""
    return await tx.run("delete from software_tokens where pool_id = ? and sub = ?", (pool_id, sub)) > 0
