"""Whose turn it is to do a job that one process at a time does: the row of a job names its holder, until a time.

The times are those of the holders' clocks. A lease that lasts longer than any that is given out was taken by a clock
that was wrong, and is as good as ended: no job waits for years because one clock once was ahead.
"""

from dataclasses import dataclass

from cognomen.storage.database import Tx


@dataclass(frozen=True, slots=True)
class Lease:
    """A job, the process that wants it, and for how many milliseconds."""

    name: str
    holder: str
    lasts_ms: int


async def take(tx: Tx, lease: Lease, now_ms: int) -> bool:
    """Take a job that nobody has any more, or keep it for longer; False where another process has it."""
    taken = await tx.one(
        "insert into job_leases (name, holder, until_ms) values (?, ?, ?)"
        " on conflict (name) do update set holder = excluded.holder, until_ms = excluded.until_ms"
        " where job_leases.holder = excluded.holder or job_leases.until_ms <= ? or job_leases.until_ms > ?"
        " returning name",
        (lease.name, lease.holder, now_ms + lease.lasts_ms, now_ms, now_ms + 2 * lease.lasts_ms),
    )
    return taken is not None


async def release(tx: Tx, lease: Lease) -> None:
    """Let another process have the job at once; does nothing where it has it already."""
    await tx.run("delete from job_leases where name = ? and holder = ?", (lease.name, lease.holder))
