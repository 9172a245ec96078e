"""Wrong passwords in a row, by whom they were tried on: the sub of an account, or what stands for an unknown name."""

from cognomen.domain.lockout import CLEAR, LONGEST_LOCK_MS, QUIET_MS, Standing, lock_ms
from cognomen.storage.database import Tx

# How long the failure after so many locks; all later ones lock longest.
NEXT_LOCK = " ".join(f"when {before} then {lock_ms(before + 1)}" for before in range(1, 15))
COUNT = f"""
insert into lockouts (pool_id, subject, failures, until_ms) values (?, ?, 1, ?)
on conflict (pool_id, subject) do update set
  failures = case when lockouts.until_ms <= ? then 1 else lockouts.failures + 1 end,
  until_ms = excluded.until_ms + case when lockouts.until_ms <= ? then {lock_ms(1)}
    else case lockouts.failures {NEXT_LOCK} else {LONGEST_LOCK_MS} end end
returning until_ms, failures
"""  # noqa: S608


async def standing(tx: Tx, pool_id: str, subject: str, now_ms: int) -> Standing:
    """What is held against a subject; nothing once it was quiet for long enough."""
    row = await tx.one("select until_ms, failures from lockouts where pool_id = ? and subject = ?", (pool_id, subject))
    return Standing(*row).remembered(now_ms) if row else CLEAR


async def count_failure(tx: Tx, pool_id: str, subject: str, now_ms: int) -> Standing:
    """Count one more wrong password, lock as that asks for, and answer what holds now; no failure is lost in a race."""
    forgotten_ms = now_ms - QUIET_MS
    row = await tx.one(COUNT, (pool_id, subject, now_ms + lock_ms(1), forgotten_ms, forgotten_ms))
    assert row is not None
    return Standing(*row)


async def forgive(tx: Tx, pool_id: str, subject: str) -> None:
    """Hold nothing against a subject any more."""
    await tx.run("delete from lockouts where pool_id = ? and subject = ?", (pool_id, subject))
